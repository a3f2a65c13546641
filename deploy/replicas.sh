#!/usr/bin/env bash
# Two replicas of Bienvenue on this machine, with haproxy in front. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source-path=SCRIPTDIR source=processes.sh
. ./processes.sh

USAGE='replicas.sh up | down | stop | status | kill N | start N | roll

  up       starts two replicas and the proxy, returns when both are ready
  down     ends them and removes their folder
  stop     ends them and keeps their folder
  status   shows the state of each
  kill N   kill -9 of replica N
  start N  brings it back, returns when it is ready
  roll     restarts one after the other, without failing requests

Settings of Bienvenue are handed on; DATABASE_URL_1 and DATABASE_URL_2 give each replica a database server of its own.

REPLICAS_FOLDER  where they live
REPLICAS_PORT    4001: replicas at 4001 and 4002, the proxy at 4003, its status page at 4004'

folder=${REPLICAS_FOLDER:-$(folder_of replicas)}
port=${REPLICAS_PORT:-4001}
proxy_port=$((port + 2))
status_port=$((port + 3))
package=$(dirname "$PWD")
node=$package/node_modules/.bin/node
names=([1]=one [2]=two)
identity=()

replica_port() { say $((port + $1 - 1)); }

# Both replicas need the same database: without DATABASE_URL they share a file.
start_replica() {
  local url=DATABASE_URL_$1
  HOST=127.0.0.1 PORT=$(replica_port "$1") PUBLIC_URL=${PUBLIC_URL:-http://localhost:$proxy_port} \
    DATABASE_URL=${!url:-${DATABASE_URL:-sqlite:$folder/bienvenue.sqlite}} BIENVENUE_TRUSTED_PROXIES=127.0.0.1 \
    start "replica$1" "$node" "$package/dist/src/cli/bienvenue.js" serve
  wait_running 60 "replica$1" http_ok "$(replica_port "$1")" /readyz
}

start_proxy() {
  cp haproxy.cfg "$folder/haproxy.cfg"
  LISTEN=127.0.0.1:$proxy_port STATUS=127.0.0.1:$status_port REPLICA_1=127.0.0.1:$(replica_port 1) \
    REPLICA_2=127.0.0.1:$(replica_port 2) start haproxy haproxy -db -f "$folder/haproxy.cfg"
}

gets_requests() { http_ok "$status_port" "/${names[$1]}"; }

up() {
  needs haproxy haproxy
  [ -x "$node" ] || node=$(command -v node) || fail 'Node.js is missing; run npm ci'
  [ -f "$package/dist/src/cli/bienvenue.js" ] || fail 'the service is not built; run npm run build'
  free replica1 "$(replica_port 1)"
  free replica2 "$(replica_port 2)"
  free haproxy "$proxy_port"
  free haproxy "$status_port"
  make_folder
  start_replica 1
  start_replica 2
  start_proxy
  for n in 1 2; do wait_running 20 haproxy gets_requests "$n"; done
  say "proxy http://localhost:$proxy_port"
}

stop_all() {
  local name
  for name in haproxy replica1 replica2; do stop "$name" TERM; done
  stop_rest
}

down() {
  stop_all
  remove_folder
}

start_again() {
  start_replica "$1"
  wait_running 20 haproxy gets_requests "$1"
}

# Continues when the proxy sends requests to the previous replica again.
roll() {
  local n
  for n in 1 2; do
    stop "replica$n" TERM
    start_again "$n"
  done
}

status() {
  local n
  for n in 1 2; do
    if gets_requests "$n"; then say "replica$n  port $(replica_port "$n")  ready"; else say "replica$n  not ready"; fi
  done
  if running haproxy; then say "haproxy  port $proxy_port"; else say 'haproxy  down'; fi
}

replica_number() { [[ ${1:-} =~ ^[12]$ ]] || fail 'which replica: 1 or 2?'; }

case ${1:-} in
  up | down | roll | status) "$1" ;;
  stop) stop_all ;;
  kill) replica_number "${2:-}" && crash "replica$2" ;;
  start) replica_number "${2:-}" && start_again "$2" ;;
  *) fail "$USAGE" ;;
esac
