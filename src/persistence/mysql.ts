import { type Dialect, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, type TransactionSettings } from 'kysely';
import type Mysql from 'mysql2';
import { migrations } from '../../schema/migrations/mysql/index.ts';
import type { ServerDatabase } from '../options/connection-urls.ts';
import { type ConnectionTarget, parseConnectionUrl } from './connection-url.ts';
import { clientOf, type EngineOptions } from './engine.ts';
import { Mysql2Client } from './mysql-client.ts';
import { ACQUIRE_TIMEOUT_MS, Pool, type PooledClient, STATEMENT_TIMEOUT_MS } from './pool.ts';
import { PooledDriver } from './pooled-driver.ts';
import { ServerEngine } from './server-engine.ts';
import { withTimeout } from './timeout.ts';
import { tlsOptions } from './tls.ts';

const DRIVER = '@mikro-orm/mysql';

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

const dialect = (pool: Pool): Dialect => ({
  createDriver: () => new PooledDriver(pool),
  createAdapter: () => new MysqlAdapter(),
  createQueryCompiler: () => new MysqlQueryCompiler(),
  createIntrospector: database => new MysqlIntrospector(database),
});

/** MySQL and MariaDB, also as a Galera cluster. */
export class MysqlEngine extends ServerEngine {
  readonly migrations = migrations;
  /** Locks belong to a node: on a Galera cluster two processes can hold it at once. */
  protected readonly lock = `select get_lock(concat('bienvenue.', md5(database())), 3600)`;

  static async create(config: ServerDatabase, { withoutTimeouts = false }: EngineOptions): Promise<MysqlEngine> {
    const { MySqlDriver, MySqlPlatform } = await import('@mikro-orm/mysql');
    const converter = new MySqlPlatform().getExceptionConverter();
    const pool = new Mysql2Pool(withoutTimeouts, converter, clientOf(DRIVER, 'mysql2'), config);
    return new MysqlEngine(pool, {
      driver: MySqlDriver,
      driverOptions: dialect(pool),
      dbName: parseConnectionUrl(config.url).database,
      // The default collation would equate addresses that differ in an accent.
      charset: 'utf8mb4',
      collate: 'utf8mb4_bin',
    });
  }

  async open(): Promise<void> {
    await this.prepareRead('select 1')();
  }
}

class Mysql2Pool extends Pool {
  private readonly pool: Mysql.Pool;
  private readonly ready = new WeakSet<Mysql.PoolConnection>();

  constructor(
    withoutTimeouts: boolean,
    converter: ConstructorParameters<typeof Pool>[1],
    mysql: typeof Mysql,
    { url, poolSize }: ServerDatabase,
  ) {
    super(withoutTimeouts, converter);
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
    });
    // Without a listener an idle connection that breaks would end the process.
    this.pool.on('connection', connection => connection.on('error', () => {}));
  }

  end(): Promise<void> {
    return new Promise((resolve, reject) => this.pool.end(error => (error ? reject(error) : resolve())));
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): string[] {
    const level = isolationLevel ? [`set transaction isolation level ${isolationLevel}`] : [];
    return [...level, `start transaction ${accessMode ?? ''}`];
  }

  protected async connect(): Promise<PooledClient> {
    const connection = await new Promise<Mysql.PoolConnection>((resolve, reject) => {
      this.pool.getConnection((error, acquired) => (error ? reject(error) : resolve(acquired)));
    });
    const client = new Mysql2Client(connection);
    try {
      if (!this.ready.has(connection)) await withTimeout(ACQUIRE_TIMEOUT_MS, this.setUpSession(client));
      this.ready.add(connection);
      return client;
    } catch (error) {
      client.destroy();
      throw error;
    }
  }

  protected withPlaceholders(sql: string): string {
    return sql;
  }

  protected isUnavailable(error: unknown): boolean {
    const { errno, fatal } = error as { errno?: number; fatal?: boolean };
    return fatal === true || UNAVAILABLE.has(errno ?? 0);
  }

  private async setUpSession(client: Mysql2Client): Promise<void> {
    await client.send(this.withoutTimeouts ? SESSION_SETTINGS : SESSION_SETTINGS + SESSION_TIMEOUTS);
    await client.send(ISOLATION);
    const [galera] = await client.send(IS_GALERA_NODE);
    if (galera) await client.send(CAUSAL_READS);
  }
}

/** mysql2 checks the host name only when `verifyIdentity` is set. */
function sslOptions(target: ConnectionTarget): Mysql.SslOptions | undefined {
  const { ca, cert, key, rejectUnauthorized } = tlsOptions(target) || {};
  if (rejectUnauthorized === undefined) return undefined;
  const files = { ca, cert, key } as Pick<Mysql.SslOptions, 'ca' | 'cert' | 'key'>;
  return { ...files, rejectUnauthorized, verifyIdentity: target.tls?.mode === 'verify-full' };
}
