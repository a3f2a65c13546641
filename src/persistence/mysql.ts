import { Duplex } from 'node:stream';
import type { ExceptionConverter } from '@mikro-orm/sql';
import {
  type CompiledQuery,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type TransactionSettings,
} from 'kysely';
import type Mysql from 'mysql2';
import { migrations } from '../../schema/migrations/mysql/index.ts';
import type { ServerDatabase } from '../config.ts';
import { clientOf, type EngineOptions, fromPeer } from './engine.ts';
import {
  ACQUIRE_TIMEOUT_MS,
  type ClientPool,
  Pool,
  type PooledClient,
  type Prepared,
  type Rows,
  STATEMENT_TIMEOUT_MS,
  withTimeout,
} from './pool.ts';
import { ServerEngine, type SqlDialectParts } from './server-engine.ts';

const PEER = '@mikro-orm/mysql';

const SECONDS = STATEMENT_TIMEOUT_MS / 1000;

/**
 * What a new connection is told: an operator's own defaults could be anything. Strict, or too long a value would be cut;
 * and a backslash escapes, as the client takes it to. What only MariaDB or only MySQL knows stands in comments that the other
 * one skips: https://mariadb.com/kb/en/comment-syntax/
 */
const MANNERS = `set session sql_mode = 'TRADITIONAL,ONLY_FULL_GROUP_BY', time_zone = '+00:00'`;
const ISOLATION = 'set session transaction isolation level read committed';
const HURRY = `, innodb_lock_wait_timeout = ${SECONDS}, lock_wait_timeout = ${SECONDS}
  /*M! , max_statement_time = ${SECONDS}, idle_transaction_timeout = ${2 * SECONDS} */
  /*!80000 , max_execution_time = ${STATEMENT_TIMEOUT_MS} */`;
/** On a Galera cluster a node first catches up with the others: what is revoked on one of them is gone on all. */
const IN_STEP = 'set session wsrep_sync_wait = 7';

/**
 * "Not now", as opposed to "wrong statement": too many connections, shutting down, no part of its cluster's majority, a
 * lock that another has, a time limit, read only, a full disk, access refused.
 * https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
const AWAY = new Set([
  1020, 1021, 1026, 1030, 1040, 1041, 1042, 1043, 1044, 1045, 1047, 1049, 1053, 1105, 1114, 1129, 1130, 1152, 1158,
  1159, 1160, 1161, 1180, 1184, 1203, 1205, 1226, 1290, 1317, 1792, 1836, 1927, 1969, 3024,
]);

const SPEECH: SqlDialectParts = {
  Adapter: MysqlAdapter,
  QueryCompiler: MysqlQueryCompiler,
  Introspector: MysqlIntrospector,
};

/** MySQL and MariaDB, also as a Galera cluster. */
export class MysqlEngine extends ServerEngine {
  readonly migrations = migrations;
  /** Each node of a cluster has locks of its own: there two may come at once. */
  protected readonly lock = `select get_lock(concat('bienvenue.', md5(database())), 3600)`;

  static async of(database: ServerDatabase, { withoutTimeouts = false }: EngineOptions): Promise<MysqlEngine> {
    const { MySqlDriver, MySqlPlatform } = await fromPeer('MySQL', PEER, () => import('@mikro-orm/mysql'));
    const converter = new MySqlPlatform().getExceptionConverter();
    const clients = new MysqlClients(clientOf(PEER, 'mysql2'), database, { withoutTimeouts, converter });
    return new MysqlEngine(database, new Pool(clients, withoutTimeouts), SPEECH, {
      driver: MySqlDriver,
      // Two addresses that differ in an accent are two, whatever the server's own default says.
      charset: 'utf8mb4',
      collate: 'utf8mb4_bin',
    });
  }

  async open(): Promise<void> {
    await this.prepareRead('select 1')();
  }
}

class MysqlClients implements ClientPool {
  private readonly pool: Mysql.Pool;
  private readonly greeted = new WeakSet<Mysql.PoolConnection>();

  constructor(
    mysql: typeof Mysql,
    { url, poolSize }: ServerDatabase,
    private readonly options: { withoutTimeouts: boolean; converter: ExceptionConverter },
  ) {
    this.pool = mysql.createPool({
      uri: url,
      connectionLimit: poolSize,
      connectTimeout: ACQUIRE_TIMEOUT_MS,
      enableKeepAlive: true,
      charset: 'UTF8MB4_BIN',
      timezone: 'Z',
      // Whole numbers as numbers: none of ours is beyond 2^53.
      supportBigNumbers: true,
    });
    // A connection that breaks while nobody asks anything of it is no reason to end.
    this.pool.on('connection', connection => connection.on('error', () => {}));
  }

  async acquire(): Promise<PooledClient> {
    const connection = await new Promise<Mysql.PoolConnection>((resolve, reject) => {
      this.pool.getConnection((error, got) => (error ? reject(error) : resolve(got)));
    });
    const client = new MysqlClient(connection);
    try {
      if (!this.greeted.has(connection)) await withTimeout(ACQUIRE_TIMEOUT_MS, this.greet(client));
      this.greeted.add(connection);
      return client;
    } catch (error) {
      client.destroy();
      throw error;
    }
  }

  end(): Promise<void> {
    return new Promise((resolve, reject) => this.pool.end(error => (error ? reject(error) : resolve())));
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): string[] {
    const level = isolationLevel ? [`set transaction isolation level ${isolationLevel}`] : [];
    return [...level, `start transaction ${accessMode ?? ''}`];
  }

  withParameters(sql: string): string {
    return sql;
  }

  isUnavailable(error: unknown): boolean {
    const { errno, fatal } = error as { errno?: number; fatal?: boolean };
    return fatal === true || AWAY.has(errno ?? 0);
  }

  convert(error: Error): Error {
    return this.options.converter.convertException(error);
  }

  private async greet(client: MysqlClient): Promise<void> {
    await client.say(this.options.withoutTimeouts ? MANNERS : MANNERS + HURRY);
    await client.say(ISOLATION);
    const [cluster] = await client.say(`show variables where variable_name = 'wsrep_on' and value = 'ON'`);
    if (cluster) await client.say(IN_STEP);
  }
}

class MysqlClient implements PooledClient {
  private severed = false;

  constructor(private readonly connection: Mysql.PoolConnection) {}

  async query({ sql, parameters }: CompiledQuery): Promise<Rows> {
    const result = await this.say(sql, parameters);
    if (Array.isArray(result)) return { rows: result };
    return { numAffectedRows: BigInt(result.affectedRows), rows: [] };
  }

  /** The client library keeps a statement prepared for as long as the connection lives, by its text. */
  read({ sql }: Prepared, parameters: unknown[]): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.connection.execute<Mysql.RowDataPacket[]>(sql, parameters as never[], (error, rows) =>
        error ? reject(error) : resolve(rows),
      );
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: what comes hangs on what is said
  say(sql: string, parameters: readonly unknown[] = []): Promise<any> {
    return new Promise((resolve, reject) => {
      this.connection.query(sql, parameters as unknown[], (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  /** The library says goodbye on a socket, and waits for the other side to take it, which may not be there any more. */
  destroy(): void {
    this.severed = true;
    this.connection.destroy();
    const socket: unknown = Reflect.get(this.connection, 'stream');
    if (socket instanceof Duplex) socket.destroy();
  }

  release(): void {
    if (!this.severed) this.connection.release();
  }
}
