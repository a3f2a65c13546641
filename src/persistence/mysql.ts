import { MySqlDriver, MySqlPlatform } from '@mikro-orm/mysql';
import { MysqlDialect, type TransactionSettings } from 'kysely';
import type Mysql from 'mysql2';
import { migrations } from '../../schema/migrations/mysql/index.ts';
import type { ServerDatabase } from '../options/connection-urls.ts';
import { type ConnectionTarget, parseConnectionUrl } from './connection-url.ts';
import { clientOf, type Engine, type EngineOptions, withDriver } from './engine.ts';
import { Mysql2Client } from './mysql-client.ts';
import { PooledDriver } from './pooled-driver.ts';
import { ACQUIRE_TIMEOUT_MS, type PooledClient, ServerEngine, STATEMENT_TIMEOUT_MS } from './server-engine.ts';
import { withTimeout } from './timeout.ts';
import { tlsOptions } from './tls.ts';

const mysql = clientOf<typeof Mysql>('@mikro-orm/mysql', 'mysql2');

const SECONDS = STATEMENT_TIMEOUT_MS / 1000;

/**
 * Settings of each new session, which override the server's defaults. The mode is strict, or MySQL would truncate long
 * values; backslash escapes stay on, as mysql2 assumes. MariaDB and MySQL each skip the other's comments:
 * https://mariadb.com/kb/en/comment-syntax/
 */
const SESSION_SETTINGS = `set session sql_mode = 'TRADITIONAL,ONLY_FULL_GROUP_BY', time_zone = '+00:00'`;
const SESSION_TIMEOUTS = `, innodb_lock_wait_timeout = ${SECONDS}, lock_wait_timeout = ${SECONDS}
  /*M! , max_statement_time = ${SECONDS}, idle_transaction_timeout = ${2 * SECONDS} */
  /*!80000 , max_execution_time = ${STATEMENT_TIMEOUT_MS} */`;
const ISOLATION = 'set session transaction isolation level read committed';
/** On a Galera node a statement waits for writes of the other nodes, so that a revoked session is gone on all of them. */
const IS_GALERA_NODE = `show variables where variable_name = 'wsrep_on' and value = 'ON'`;
const CAUSAL_READS = 'set session wsrep_sync_wait = 7';

/**
 * Errors that mean "try again later" rather than "wrong statement": too many connections, shutting down, a node without
 * quorum, a lock or time limit, read only, a full disk, access refused.
 * https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
const UNAVAILABLE = new Set([
  1020, 1021, 1026, 1030, 1040, 1041, 1042, 1043, 1044, 1045, 1047, 1049, 1053, 1105, 1114, 1129, 1130, 1152, 1158,
  1159, 1160, 1161, 1180, 1184, 1203, 1205, 1226, 1290, 1317, 1792, 1836, 1927, 1969, 3024,
]);

/** MySQL and MariaDB, also as a Galera cluster. */
export class MysqlEngine extends ServerEngine {
  readonly options: Engine['options'];
  readonly migrations = migrations;
  /** Locks belong to a node: on a Galera cluster two processes can hold it at once. */
  protected readonly lock = `select get_lock(concat('bienvenue.', md5(database())), 3600) as acquired`;
  private readonly pool: Mysql.Pool;
  /** Those whose session is set up. */
  private readonly clients = new WeakMap<Mysql.PoolConnection, PooledClient>();

  constructor({ url, poolSize }: ServerDatabase, { withoutTimeouts = false }: EngineOptions) {
    super(new MySqlPlatform(), withoutTimeouts);
    const target = parseConnectionUrl(url);
    this.pool = mysql.createPool({
      host: target.host,
      port: target.port,
      user: target.user,
      password: target.password,
      database: target.database,
      socketPath: target.socket,
      ssl: sslOptions(target),
      connectionLimit: poolSize,
      connectTimeout: ACQUIRE_TIMEOUT_MS,
      enableKeepAlive: true,
      charset: 'UTF8MB4_BIN',
      timezone: 'Z',
      // bigint as a number: no value of the service exceeds 2^53.
      supportBigNumbers: true,
      // No stack trace is captured for each statement.
      trace: false,
    });
    // Without a listener an idle connection that breaks would end the process.
    this.pool.on('connection', connection => connection.on('error', () => {}));
    this.options = {
      driver: MySqlDriver,
      driverOptions: withDriver(new MysqlDialect({ pool: this.pool }), () => new PooledDriver(this)),
      dbName: target.database,
      // The default collation would equate addresses that differ in an accent.
      charset: 'utf8mb4',
      collate: 'utf8mb4_bin',
    };
  }

  async open(): Promise<void> {
    await this.prepareRead('select 1')();
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): string[] {
    const level = isolationLevel ? [`set transaction isolation level ${isolationLevel}`] : [];
    return [...level, `start transaction ${accessMode ?? ''}`];
  }

  end(): Promise<void> {
    return this.pool.promise().end();
  }

  protected async connect(): Promise<PooledClient> {
    const connection = await new Promise<Mysql.PoolConnection>((resolve, reject) => {
      this.pool.getConnection((error, acquired) => (error ? reject(error) : resolve(acquired)));
    });
    return this.clients.get(connection) ?? this.setUpSession(connection);
  }

  protected withPlaceholders(sql: string): string {
    return sql;
  }

  protected isUnavailable(error: unknown): boolean {
    const { errno, fatal } = error as { errno?: number; fatal?: boolean };
    return fatal === true || UNAVAILABLE.has(errno ?? 0);
  }

  private async setUpSession(connection: Mysql.PoolConnection): Promise<PooledClient> {
    const client = new Mysql2Client(connection);
    try {
      await withTimeout(ACQUIRE_TIMEOUT_MS, this.sendSettings(client));
    } catch (error) {
      client.destroy();
      throw error;
    }
    this.clients.set(connection, client);
    return client;
  }

  private async sendSettings(client: PooledClient): Promise<void> {
    await client.query(this.withoutTimeouts ? SESSION_SETTINGS : SESSION_SETTINGS + SESSION_TIMEOUTS);
    await client.query(ISOLATION);
    const { rows } = await client.query(IS_GALERA_NODE);
    if (rows.length > 0) await client.query(CAUSAL_READS);
  }
}

/** mysql2 checks the host name only when `verifyIdentity` is set. */
function sslOptions(target: ConnectionTarget): Mysql.SslOptions | undefined {
  const { ca, cert, key, rejectUnauthorized } = tlsOptions(target) || {};
  if (rejectUnauthorized === undefined) return undefined;
  const files = { ca, cert, key } as Pick<Mysql.SslOptions, 'ca' | 'cert' | 'key'>;
  return { ...files, rejectUnauthorized, verifyIdentity: target.tls?.mode === 'verify-full' };
}
