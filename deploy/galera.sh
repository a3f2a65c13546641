#!/usr/bin/env bash
# A MariaDB Galera cluster of three nodes on this machine, with haproxy in front. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source-path=SCRIPTDIR source=processes.sh
. ./processes.sh
# shellcheck source-path=SCRIPTDIR source=galera-node.sh
. ./galera-node.sh

USAGE='galera.sh up | down | stop | status | urls | kill N | start N | promote N

  up       starts three nodes and the proxy, returns when all are Synced; also after all of them died
  down     ends them and removes their data
  stop     ends them and keeps their data
  status   shows the state of each
  urls     prints the DATABASE_URL of the proxy and of each node
  kill N   kill -9 of node N
  start N  brings it back, returns when it is Synced
  promote N  makes node N the cluster, where it is the only one that is left and the others are dead for good

GALERA_FOLDER      where they live
GALERA_PORT        3307: nodes at 3307, 3308, 3309, the proxy at 3310
GALERA_GROUP_PORT  4567: between the nodes, from 4567, 4577 and 4587 three ports each'

folder=${GALERA_FOLDER:-$(folder_of galera)}
port=${GALERA_PORT:-3307}
group_port=${GALERA_GROUP_PORT:-4567}
proxy_port=$((port + 3))
provider=/usr/lib/galera/libgalera_smm.so
run_as mysql
user=$("${identity[@]}" id -un)

sql_port() { say $((port + $1 - 1)); }
group() { say $((group_port + ($1 - 1) * 10)); }
members() { say "127.0.0.1:$(group 1),127.0.0.1:$(group 2),127.0.0.1:$(group 3)"; }
data() { say "$folder/node$1"; }

# Only the user that runs the nodes may connect through the socket, without a password.
query() { "${identity[@]}" mariadb --no-defaults -u "$user" -S "$(data "$1")/sock" --connect-timeout=2 -BNe "$2" 2>/dev/null; }
state() { query "$1" "SHOW STATUS LIKE 'wsrep_local_state_comment'" | cut -f2; }
size() { query "$1" "SHOW STATUS LIKE 'wsrep_cluster_size'" | cut -f2; }
synced() { [ "$(state "$1")" = Synced ]; }
any_synced() { synced 1 || synced 2 || synced 3; }
all_synced() { synced 1 && synced 2 && synced 3 && [ "$(size 1)" = 3 ]; }

# Nodes two and three copy everything from the first.
make_node() {
  "${identity[@]}" test ! -f "$(data "$1")/my.cnf" || return 0
  mkdir -p "$(data "$1")"
  [ "$(id -u)" -ne 0 ] || chown "$user:" "$(data "$1")"
  chmod 700 "$(data "$1")"
  "${identity[@]}" mkdir -p -m 700 "$(data "$1")/data"
  configure "$1"
  [ "$1" -ne 1 ] || "${identity[@]}" mariadb-install-db --no-defaults --datadir="$(data 1)/data" --skip-test-db \
    --auth-root-authentication-method=socket --auth-root-socket-user="$user" >"$folder/install.log" 2>&1 ||
    fail "the tables of node 1 could not be created; see $folder/install.log."
}

# The last position of a node, as UUID:number; after a crash it is read from InnoDB. Empty for a new node.
position() {
  local log
  log=$(data "$1")/recovered.log
  "${identity[@]}" test -f "$(data "$1")/data/grastate.dat" || return 0
  "${identity[@]}" rm -f "$log"
  "${identity[@]}" mariadbd --defaults-file="$(data "$1")/my.cnf" --log-error="$log" --wsrep-recover >/dev/null 2>&1 || true
  "${identity[@]}" sed -n 's/.*WSREP: Recovered position: *\([0-9a-f-]*:[0-9-]*\).*/\1/p' "$log" | tail -n 1
}

# launch N OPTION...: the other nodes send only the changes since its position.
launch() {
  local n=$1 from
  shift
  ! running "node$n" || return 0
  from=$(position "$n")
  # With its old identity, before the others have evicted it, it would cost them the majority for seconds.
  ! any_synced || "${identity[@]}" rm -f "$(data "$n")/data/gvwstate.dat"
  start "node$n" mariadbd --defaults-file="$(data "$n")/my.cnf" ${from:+"--wsrep-start-position=$from"} "$@"
}

any_running() { running node1 || running node2 || running node3; }

# When no node is running, the most advanced one bootstraps the cluster.
bootstrap() {
  local n at best=1 most=-2
  for n in 1 2 3; do
    at=$(position "$n")
    at=${at##*:}
    [ "${at:--2}" -le "$most" ] || { best=$n most=$at; }
  done
  "${identity[@]}" sed -i 's/^safe_to_bootstrap:.*/safe_to_bootstrap: 1/' "$(data "$best")/data/grastate.dat" 2>/dev/null || true
  launch "$best" --wsrep-new-cluster
  wait_running 60 "node$best" synced "$best"
  accounts | "${identity[@]}" mariadb --no-defaults -u "$user" -S "$(data "$best")/sock"
}

# The second account is for the proxy's health check only: no password, no privileges.
accounts() {
  cat <<EOT
CREATE DATABASE IF NOT EXISTS bienvenue CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS bienvenue@'127.0.0.1' IDENTIFIED BY '$(secret bienvenue)';
GRANT ALL ON bienvenue.* TO bienvenue@'127.0.0.1';
CREATE USER IF NOT EXISTS haproxy@'127.0.0.1' WITH MAX_USER_CONNECTIONS 20;
EOT
}

start_proxy() {
  cp galera-haproxy.cfg "$folder/haproxy.cfg"
  LISTEN=127.0.0.1:$proxy_port NODE_1=127.0.0.1:$(sql_port 1) NODE_2=127.0.0.1:$(sql_port 2) \
    NODE_3=127.0.0.1:$(sql_port 3) start haproxy haproxy -db -f "$folder/haproxy.cfg"
  wait_running 10 haproxy listening "$proxy_port"
}

check_ports() {
  local n offset
  for n in 1 2 3; do
    free "node$n" "$(sql_port "$n")"
    for offset in 0 1 2; do free "node$n" $(($(group "$n") + offset)); done
  done
  free haproxy "$proxy_port"
}

up() {
  local n
  needs mariadbd mariadb-server
  needs mariadb-backup mariadb-backup
  needs socat socat
  needs haproxy haproxy
  [ -f "$provider" ] || fail "$provider is missing; install it with: apt-get install galera-4"
  check_ports
  make_folder
  for n in 1 2 3; do make_node "$n"; done
  any_running || bootstrap
  for n in 1 2 3; do
    launch "$n"
    # One after the other, because a donor serves one copy at a time. Without a majority the nodes wait for each other.
    ! any_synced || wait_running 120 "node$n" synced "$n"
  done
  wait_for 120 'three nodes in one cluster' all_synced
  start_proxy
  urls
}

stop_all() {
  local name
  for name in haproxy node3 node2 node1; do stop "$name" TERM; done
  stop_rest
}

down() {
  stop_all
  remove_folder
}

status() {
  local n
  for n in 1 2 3; do
    if running "node$n"; then say "node$n  port $(sql_port "$n")  $(state "$n")  $(size "$n") in its cluster"; else say "node$n  down"; fi
  done
  if running haproxy; then say "haproxy  port $proxy_port"; else say 'haproxy  down'; fi
}

url() { say "$1 mysql://bienvenue:$(secret bienvenue)@127.0.0.1:$2/bienvenue"; }
urls() {
  [ -d "$folder" ] || fail 'nothing is running; start it with galera.sh up'
  url proxy "$proxy_port"
  for n in 1 2 3; do url "node$n" "$(sql_port "$n")"; done
}

start_node() {
  launch "$1"
  wait_running 120 "node$1" synced "$1"
}

promote_node() {
  ! any_synced || fail 'a node is Synced: the cluster is there.'
  query "$1" "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'"
  wait_running 30 "node$1" synced "$1"
}

node_number() { [[ ${1:-} =~ ^[123]$ ]] || fail 'which node: 1, 2 or 3?'; }

case ${1:-} in
  up | down | status | urls) "$1" ;;
  stop) stop_all ;;
  kill) node_number "${2:-}" && crash "node$2" ;;
  promote) node_number "${2:-}" && promote_node "$2" ;;
  start) node_number "${2:-}" && start_node "$2" ;;
  *) fail "$USAGE" ;;
esac
