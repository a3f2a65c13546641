# shellcheck shell=bash
# shellcheck disable=SC2154 # provider and user are set by galera.sh
# Sourced by galera.sh: the settings of node N.

configure() {
  private "$(data "$1")/my.cnf" <<EOT
[mariadbd]
datadir = $(data "$1")/data
socket = $(data "$1")/sock
pid_file = $(data "$1")/mariadbd.pid
log_error = $(data "$1")/error.log
bind_address = 127.0.0.1
port = $(sql_port "$1")
skip_name_resolve = ON
character_set_server = utf8mb4
max_connections = 300
performance_schema = OFF
innodb_buffer_pool_size = 64M
innodb_flush_log_at_trx_commit = 1
# Required by Galera.
binlog_format = ROW
default_storage_engine = InnoDB
innodb_autoinc_lock_mode = 2
wsrep_on = ON
wsrep_provider = $provider
wsrep_cluster_name = bienvenue
wsrep_cluster_address = gcomm://$(members)
wsrep_node_name = node$1
wsrep_node_address = 127.0.0.1:$(group "$1")
wsrep_slave_threads = 2
# mariabackup does not block the donor; it connects through the socket.
wsrep_sst_method = mariabackup
wsrep_sst_auth = $user:
wsrep_sst_receive_address = 127.0.0.1:$(($(group "$1") + 2))
tmpdir = $(data "$1")
# The last option: a dead node is evicted after 2 s instead of 5 s. Until then, no commit of the others completes.
wsrep_provider_options = "gmcast.listen_addr=tcp://127.0.0.1:$(group "$1");ist.recv_addr=127.0.0.1:$(($(group "$1") + 1));gcache.size=64M;gcache.recover=yes;evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S"

[sst]
sst-log-archive = 0
EOT
}
