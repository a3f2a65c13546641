#!/usr/bin/env bash
# A PostgreSQL primary and its synchronous standby on this machine, with automatic failover by patroni and haproxy in
# front. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source-path=SCRIPTDIR source=processes.sh
. ./processes.sh
# shellcheck source-path=SCRIPTDIR source=postgresql-node.sh
. ./postgresql-node.sh

USAGE='postgresql-pair.sh up | down | stop | status | urls | kill primary|standby | start | restart

  up       starts etcd, two nodes and the proxy, returns when the standby is synchronous
  down     ends them and removes their data
  stop     ends them and keeps their data
  status   shows the state of each
  urls     prints the DATABASE_URL of the proxy
  kill     kill -9 of a whole node: PostgreSQL and its patroni
  start    brings back what was killed, returns when it is the synchronous standby
  restart  ends the PostgreSQL of the primary as pg_ctl stop -m immediate does; its patroni starts it again

PAIR_FOLDER  where they live
PAIR_PORT    5442: nodes at 5442 and 5443, the proxy at 5444, patroni at 5445 and 5446, etcd at 5447 and 5448'

folder=${PAIR_FOLDER:-$(folder_of postgresql)}
port=${PAIR_PORT:-5442}
proxy_port=$((port + 2))
etcd_port=$((port + 5))
programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
run_as postgres

sql_port() { say $((port + $1 - 1)); }
patroni_port() { say $((port + 2 + $1)); }
data() { say "$folder/node$1"; }

is_primary() { http_ok "$(patroni_port "$1")" /primary; }
is_standby() { http_ok "$(patroni_port "$1")" /synchronous; }
primary() { if is_primary 1; then say 1; elif is_primary 2; then say 2; else fail 'there is currently no primary.'; fi; }
in_pair() { { is_primary 1 && is_standby 2; } || { is_primary 2 && is_standby 1; }; }
has_primary() { is_primary 1 || is_primary 2; }

# The process id that PostgreSQL recorded, if that process really runs in that folder.
postmaster() {
  local pid
  pid=$(head -n 1 "$(data "$1")/data/postmaster.pid" 2>/dev/null) || return 0
  [ "$(readlink "/proc/$pid/cwd")" != "$(data "$1")/data" ] || say "$pid"
}

make_node() {
  mkdir -p "$(data "$1")"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$(data "$1")"
  chmod 700 "$(data "$1")"
  configure "$1"
}

start_etcd() {
  mkdir -p "$folder/etcd"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$folder/etcd"
  chmod 700 "$folder/etcd"
  start etcd etcd --name etcd --data-dir "$folder/etcd" --logger zap --log-level warn \
    --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
    --listen-peer-urls "http://127.0.0.1:$((etcd_port + 1))" \
    --initial-advertise-peer-urls "http://127.0.0.1:$((etcd_port + 1))" \
    --initial-cluster "etcd=http://127.0.0.1:$((etcd_port + 1))"
  wait_running 20 etcd http_ok "$etcd_port" /health
}

start_node() { start "node$1" patroni "$(data "$1")/patroni.yml"; }

# Passwords are passed by environment and standard input, which other users cannot read.
query() { PGPASSWORD=$(secret superuser) "$programs/psql" -h 127.0.0.1 -p "$(sql_port "$(primary)")" -U postgres -qAtX -v ON_ERROR_STOP=1; }
writable() { [ "$(query <<<'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; }
make_database() {
  query <<EOT
SELECT 'CREATE ROLE bienvenue LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bienvenue') \gexec
ALTER ROLE bienvenue PASSWORD '$(secret bienvenue)';
SELECT 'CREATE DATABASE bienvenue OWNER bienvenue' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'bienvenue') \gexec
EOT
}

start_proxy() {
  cp postgresql-haproxy.cfg "$folder/haproxy.cfg"
  LISTEN=127.0.0.1:$proxy_port NODE_1=127.0.0.1:$(sql_port 1) NODE_2=127.0.0.1:$(sql_port 2) \
    PATRONI_PORT_1=$(patroni_port 1) PATRONI_PORT_2=$(patroni_port 2) start haproxy haproxy -db -f "$folder/haproxy.cfg"
  wait_running 10 haproxy listening "$proxy_port"
}

check_ports() {
  local n
  for n in 1 2; do
    free "node$n" "$(patroni_port "$n")"
    [ -n "$(postmaster "$n")" ] || free "node$n" "$(sql_port "$n")"
  done
  free haproxy "$proxy_port"
  free etcd "$etcd_port"
  free etcd "$((etcd_port + 1))"
}

up() {
  [ -n "$programs" ] || fail 'PostgreSQL is missing; install it with: apt-get install postgresql'
  needs patroni patroni
  needs etcd etcd-server
  needs haproxy haproxy
  check_ports
  make_folder
  for n in 1 2; do make_node "$n"; done
  start_etcd
  start_all
  # Right after a start patroni reports the state in etcd, while PostgreSQL may still be starting.
  wait_for 60 'the primary to take writes' writable
  make_database
  start_proxy
  urls
}

# Without data, the first node starts alone: it creates the database that the second one copies.
start_all() {
  start_node 1
  "${identity[@]}" test -d "$(data 2)/data" || wait_running 60 node1 has_primary
  start_node 2
  wait_for 90 'a primary and its synchronous standby' in_pair
}

# kill_node primary|standby
kill_node() {
  local n pid children
  n=$(primary)
  [ "$1" = primary ] || n=$((3 - n))
  pid=$(postmaster "$n")
  [ -n "$pid" ] || fail "the $1 is not running."
  children=$(pgrep -P "$pid" | tr '\n' ' ')
  # shellcheck disable=SC2086 # a list of numbers
  kill -KILL "$(pid_of "node$n")" "$pid" $children
  wait_for 10 "node$n to be gone" ended "node$n"
  say "node$n"
}

stop_all() {
  local n
  stop haproxy TERM
  for n in 2 1; do
    stop "node$n" TERM
    # If only patroni was killed, its PostgreSQL is still running.
    [ -z "$(postmaster "$n")" ] || kill -INT "$(postmaster "$n")"
    wait_for 30 "the PostgreSQL of node$n to end" no_postmaster "$n"
  done
  stop etcd TERM
  stop_rest
}
no_postmaster() { [ -z "$(postmaster "$1")" ]; }

down() {
  stop_all
  remove_folder
}

status() {
  local n role
  for n in 1 2; do
    role=down
    ! running "node$n" || role='neither'
    ! is_standby "$n" || role='synchronous standby'
    ! is_primary "$n" || role=primary
    say "node$n  port $(sql_port "$n")  $role"
  done
  for n in etcd haproxy; do if running "$n"; then say "$n  up"; else say "$n  down"; fi; done
}

urls() {
  [ -d "$folder" ] || fail 'nothing is running; start it with postgresql-pair.sh up'
  say "proxy postgresql://bienvenue:$(secret bienvenue)@127.0.0.1:$proxy_port/bienvenue"
}

case ${1:-} in
  up | down | status | urls) "$1" ;;
  stop) stop_all ;;
  start) start_all ;;
  restart) kill -QUIT "$(postmaster "$(primary)")" ;;
  kill)
    [[ ${2:-} =~ ^(primary|standby)$ ]] || fail 'kill which: primary or standby?'
    kill_node "$2"
    ;;
  *) fail "$USAGE" ;;
esac
