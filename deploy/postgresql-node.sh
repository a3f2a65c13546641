# shellcheck shell=bash
# shellcheck disable=SC2154 # etcd_port and programs are set by postgresql-pair.sh
# Sourced by postgresql-pair.sh: the settings of node N and of its patroni.

# Half the default timeouts, and the primary keeps running without etcd (failsafe_mode): see README.md.
configure() {
  private "$(data "$1")/patroni.yml" <<EOT
scope: bienvenue
name: node$1
restapi:
  listen: 127.0.0.1:$(patroni_port "$1")
  connect_address: 127.0.0.1:$(patroni_port "$1")
  authentication: { username: patroni, password: $(secret patroni) }
etcd3:
  host: 127.0.0.1:$etcd_port
bootstrap:
  dcs:
    ttl: 10
    loop_wait: 2
    retry_timeout: 4
    synchronous_mode: true
    failsafe_mode: true
    postgresql:
      use_pg_rewind: true
      parameters:
        max_connections: 300
        shared_buffers: 64MB
        synchronous_commit: 'on'
        wal_keep_size: 256MB
  initdb:
    - encoding: UTF8
    - locale: C.UTF-8
    - data-checksums
postgresql:
  listen: 127.0.0.1:$(sql_port "$1")
  connect_address: 127.0.0.1:$(sql_port "$1")
  data_dir: $(data "$1")/data
  bin_dir: $programs
  pgpass: $(data "$1")/pgpass
  parameters:
    unix_socket_directories: $(data "$1")
  authentication:
    superuser: { username: postgres, password: $(secret superuser) }
    replication: { username: replicator, password: $(secret replicator) }
  pg_hba:
    - host replication replicator 127.0.0.1/32 scram-sha-256
    - host all all 127.0.0.1/32 scram-sha-256
EOT
}
