# shellcheck shell=bash
# shellcheck disable=SC2154 # folder is set by the script that sources this one
# Sourced by the other scripts: starts, stops and waits for the processes of one topology, which live in $folder.

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# folder_of NAME: the default folder of a topology.
folder_of() { printf '%s/bienvenue-%s\n' "${XDG_STATE_HOME:-${TMPDIR:-/tmp}}" "$1"; }

# needs COMMAND PACKAGE: exits if a program is missing, and names its package.
needs() { command -v "$1" >/dev/null || fail "$1 is missing; install it with: apt-get install $2"; }

# In a world-writable directory the folder may belong to another user: it is refused then.
make_folder() {
  mkdir -p "$(dirname "$folder")"
  mkdir -m 711 "$folder" 2>/dev/null || [ -f "$folder/.made-by-bienvenue" ] ||
    fail "$folder is there already and was not made by this script; name another one."
  if [ ! -O "$folder" ] || [ -L "$folder" ]; then fail "$folder belongs to another user; set another one."; fi
  touch "$folder/.made-by-bienvenue"
}

remove_folder() { [ ! -f "$folder/.made-by-bienvenue" ] || rm -rf "$folder"; }

# run_as USER: sets the command prefix $identity that runs a command as this user; empty unless we are root.
run_as() {
  identity=()
  [ "$(id -u)" -ne 0 ] || identity=(setpriv "--reuid=$1" "--regid=$(id -g "$1")" --init-groups --)
}

# secret NAME: a password generated once for this folder, readable by its owner only.
secret() {
  [ -s "$folder/$1.secret" ] || (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$1.secret")
  cat "$folder/$1.secret"
}

# private FILE: writes standard input to a file that only the user in $identity can read.
# shellcheck disable=SC2016 # $1 is the inner shell's
private() { "${identity[@]}" sh -c 'umask 077 && cat >"$1"' sh "$1"; }

# Every process started here inherits this variable; no other process is ever stopped.
marker() { printf 'TOPOLOGY_FOLDER=%s' "$folder"; }
marked() { grep -qzxFs "$(marker)" "/proc/$1/environ"; }
ours() { grep -lzxFs "$(marker)" /proc/[0-9]*/environ | cut -d/ -f3 || true; }

pid_of() { cat "$folder/$1.pid" 2>/dev/null || say 0; }
# During exec the environment of a process reads as empty, so it is read again.
running() {
  local pid
  pid=$(pid_of "$1")
  marked "$pid" || { [ -d "/proc/$pid" ] && sleep 0.1 && marked "$pid"; }
}

# start NAME COMMAND...: runs in the background, in its own session, as the user in $identity.
start() {
  local name=$1 pid
  shift
  ! running "$name" || return 0
  (cd "$folder" && exec env "$(marker)" HOME="$folder" setsid "${identity[@]}" "$@" >>"$folder/$name.log" 2>&1 </dev/null) &
  pid=$!
  disown
  say "$pid" >"$folder/$name.pid"
  wait_for 5 "$name to start" started_or_gone "$pid"
}
started_or_gone() { marked "$1" || ! kill -0 "$1" 2>/dev/null; }

# stop NAME SIGNAL: stops the process and its descendants, with a short wait.
stop() {
  local pid
  pid=$(pid_of "$1")
  ! marked "$pid" || kill -s "$2" "$pid"
  wait_for 30 "$1 to end" ended "$1"
}
ended() { ! running "$1"; }

# crash NAME: kill -9 of the process and its whole session.
crash() {
  running "$1" || fail "$1 is not running."
  pkill -KILL -s "$(pid_of "$1")"
  wait_for 10 "$1 to be gone" ended "$1"
}

# Cleanup: every remaining process of this topology.
stop_rest() {
  local pids
  pids=$(ours)
  # shellcheck disable=SC2086 # a list of numbers
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
  wait_for 10 'everything to end' none_left
}
none_left() { [ -z "$(ours)" ]; }

# wait_for SECONDS WHAT COMMAND...: repeats the command until it succeeds.
wait_for() {
  local end=$((SECONDS + $1)) what=$2 seconds=$1
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || fail "waited $seconds s for $what; the logs are in $folder."
    sleep 0.1
  done
}

# wait_running SECONDS NAME COMMAND...: the same, but fails at once if the process exits.
wait_running() {
  local seconds=$1 name=$2
  shift 2
  wait_for "$seconds" "$name to be ready" yes_or_ended "$name" "$@"
  running "$name" || fail "$name has exited; see $folder/$name.log."
}
yes_or_ended() { ! running "$1" || "${@:2}"; }

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# http_ok PORT PATH: succeeds if the status is 200.
http_ok() {
  local line=''
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&3
  IFS= read -r -t 2 line <&3 || true
  exec 3>&-
  [[ $line == *' 200 '* ]]
}

# free NAME PORT: fails if another process uses the port.
free() { running "$1" || ! listening "$2" || fail "port $2 on 127.0.0.1 is in use already; set another one."; }
