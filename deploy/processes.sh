# shellcheck shell=bash
# shellcheck disable=SC2154 # folder is the caller's
# Read in by the scripts beside it: the processes of one topology, which all live in $folder, and how to wait for them.

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# folder_of NAME: where a topology lives when nothing else is said.
folder_of() { printf '%s/bienvenue-%s\n' "${XDG_STATE_HOME:-${TMPDIR:-/tmp}}" "$1"; }

# needs COMMAND PACKAGE: stops where a program is missing, and names what brings it.
needs() { command -v "$1" >/dev/null || fail "$1 is missing; install it with: apt-get install $2"; }

# Where everybody may write, a folder may wait for us that is somebody else's: that one is not used.
make_folder() {
  mkdir -p "$(dirname "$folder")"
  mkdir -m 711 "$folder" 2>/dev/null || [ -f "$folder/.made-by-bienvenue" ] ||
    fail "$folder is there already and was not made by this script; name another one."
  if [ ! -O "$folder" ] || [ -L "$folder" ]; then fail "$folder belongs to somebody else; name another one."; fi
  touch "$folder/.made-by-bienvenue"
}

remove_folder() { [ ! -f "$folder/.made-by-bienvenue" ] || rm -rf "$folder"; }

# run_as USER: the words in $identity start a command as that user, who is not root; no words where we are not root.
run_as() {
  identity=()
  [ "$(id -u)" -ne 0 ] || identity=(setpriv "--reuid=$1" "--regid=$(id -g "$1")" --init-groups --)
}

# secret NAME: a password made once for this folder, readable by its owner only.
secret() {
  [ -s "$folder/$1.secret" ] || (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$1.secret")
  cat "$folder/$1.secret"
}

# private FILE: takes a file from the standard input that only its user, who is in $identity, can read.
# shellcheck disable=SC2016 # $1 is the inner shell's
private() { "${identity[@]}" sh -c 'umask 077 && cat >"$1"' sh "$1"; }

# What we start, and what that starts in turn, carries this in its environment: nothing else is ever ended.
marker() { printf 'TOPOLOGY_FOLDER=%s' "$folder"; }
marked() { grep -qzxFs "$(marker)" "/proc/$1/environ"; }
ours() { grep -lzxFs "$(marker)" /proc/[0-9]*/environ | cut -d/ -f3 || true; }

pid_of() { cat "$folder/$1.pid" 2>/dev/null || say 0; }
# In the moment in which a process becomes another program, its environment reads empty: it is looked at again.
running() {
  local pid
  pid=$(pid_of "$1")
  marked "$pid" || { [ -d "/proc/$pid" ] && sleep 0.1 && marked "$pid"; }
}

# start NAME COMMAND...: in the background, in a session of its own, as the user in $identity.
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

# stop NAME SIGNAL: ends it and what it started; without waiting for long.
stop() {
  local pid
  pid=$(pid_of "$1")
  ! marked "$pid" || kill -s "$2" "$pid"
  wait_for 30 "$1 to end" ended "$1"
}
ended() { ! running "$1"; }

# crash NAME: kill -9 of it and of everything in its session.
crash() {
  running "$1" || fail "$1 is not running."
  pkill -KILL -s "$(pid_of "$1")"
  wait_for 10 "$1 to be gone" ended "$1"
}

# For the end: whatever of ours is still there.
stop_rest() {
  local pids
  pids=$(ours)
  # shellcheck disable=SC2086 # a list of numbers
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
  wait_for 10 'everything to end' none_left
}
none_left() { [ -z "$(ours)" ]; }

# wait_for SECONDS WHAT COMMAND...: asks until the answer is yes.
wait_for() {
  local end=$((SECONDS + $1)) what=$2 seconds=$1
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || fail "waited $seconds s for $what; the logs are in $folder."
    sleep 0.1
  done
}

# wait_running SECONDS NAME COMMAND...: the same for something that may also have ended meanwhile.
wait_running() {
  local seconds=$1 name=$2
  shift 2
  wait_for "$seconds" "$name to be ready" yes_or_ended "$name" "$@"
  running "$name" || fail "$name has ended; $folder/$name.log says why."
}
yes_or_ended() { ! running "$1" || "${@:2}"; }

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# http_ok PORT PATH: whether the answer is 200.
http_ok() {
  local line=''
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&3
  IFS= read -r -t 2 line <&3 || true
  exec 3>&-
  [[ $line == *' 200 '* ]]
}

# free NAME PORT: refuses to start beside a stranger.
free() { running "$1" || ! answers "$2" || fail "port $2 on 127.0.0.1 is in use already; set another one."; }
