import { createPostgreSqlTypeParsers, type ExceptionConverter } from '@mikro-orm/sql';
import {
  type CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type TransactionSettings,
} from 'kysely';
import type Pg from 'pg';
import { migrations } from '../../schema/migrations/postgresql/index.ts';
import type { ServerDatabase } from '../config.ts';
import { clientOf, type EngineOptions, fromPeer, UnsupportedDatabaseError } from './engine.ts';
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

const PEER = '@mikro-orm/postgresql';

/** What a new connection is told: an operator's own defaults could be anything. */
const MANNERS = `set default_transaction_isolation = 'read committed'`;
const HURRY = `
  set statement_timeout = ${STATEMENT_TIMEOUT_MS};
  set lock_timeout = ${STATEMENT_TIMEOUT_MS};
  set idle_in_transaction_session_timeout = ${2 * STATEMENT_TIMEOUT_MS}`;
const LEISURE = `
  set statement_timeout = 0;
  set lock_timeout = 0;
  set idle_in_transaction_session_timeout = 0`;

/**
 * "Not now", as opposed to "wrong statement": no connection, out of resources, a lock that another has, a server that
 * stops or starts, a standby, which does not write, a broken disk.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const AWAY = /^(08|28|53|57|58|55P03|25006|25P03|3D000|XX00[12])/;

const SPEECH: SqlDialectParts = {
  Adapter: PostgresAdapter,
  QueryCompiler: PostgresQueryCompiler,
  Introspector: PostgresIntrospector,
};

/** PostgreSQL, or what speaks as it does. */
export class PostgresqlEngine extends ServerEngine {
  readonly migrations = migrations;
  /** Any number will do that is always the same: "bien". */
  protected readonly lock = `select pg_advisory_lock(${0x6269656e})`;

  static async of(database: ServerDatabase, { withoutTimeouts = false }: EngineOptions): Promise<PostgresqlEngine> {
    const { PostgreSqlDriver, PostgreSqlPlatform } = await fromPeer(
      'PostgreSQL',
      PEER,
      () => import('@mikro-orm/postgresql'),
    );
    const converter = new PostgreSqlPlatform().getExceptionConverter();
    const clients = new PgClients(clientOf(PEER, 'pg'), database, { withoutTimeouts, converter });
    return new PostgresqlEngine(database, new Pool(clients, withoutTimeouts), SPEECH, { driver: PostgreSqlDriver });
  }

  async open(): Promise<void> {
    const shown = await this.prepareRead<{ server_encoding: string }>('show server_encoding')();
    if (shown?.server_encoding === 'UTF8') return;
    throw new UnsupportedDatabaseError(
      `a database in ${shown?.server_encoding} cannot keep every name; make one in UTF8.`,
    );
  }
}

class PgClients implements ClientPool {
  private readonly pool: Pg.Pool;

  constructor(
    private readonly pg: typeof Pg,
    { url, poolSize }: ServerDatabase,
    private readonly options: { withoutTimeouts: boolean; converter: ExceptionConverter },
  ) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'bienvenue',
      types: typesOf(pg),
      onConnect: client => this.greet(client),
    });
    // One that was idle was lost: the pool has noticed, and a listener is all that it takes to go on.
    this.pool.on('error', () => {});
  }

  async acquire(): Promise<PooledClient> {
    return new PgClient(await this.pool.connect());
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): string[] {
    const modes = [isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean);
    return [`begin ${modes.join(', ')}`];
  }

  withParameters(sql: string): string {
    let count = 0;
    return sql.replaceAll('?', () => `$${++count}`);
  }

  isUnavailable(error: unknown): boolean {
    return !(error instanceof this.pg.DatabaseError) || AWAY.test(error.code ?? '');
  }

  convert(error: Error): Error {
    return this.options.converter.convertException(error);
  }

  private async greet(client: Pg.ClientBase): Promise<void> {
    // While somebody has it, the pool does not listen to what becomes of it.
    client.on('error', () => {});
    await withTimeout(
      ACQUIRE_TIMEOUT_MS,
      client.query(`${MANNERS}; ${this.options.withoutTimeouts ? LEISURE : HURRY}`),
    );
  }
}

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

class PgClient implements PooledClient {
  private severed = false;

  constructor(private readonly client: Pg.PoolClient) {}

  async query({ sql, parameters }: CompiledQuery): Promise<Rows> {
    const { command, rowCount, rows } = await this.client.query(sql, [...parameters]);
    return { numAffectedRows: COUNTED.has(command) ? BigInt(rowCount ?? 0) : undefined, rows: rows ?? [] };
  }

  async read({ name, sql: text }: Prepared, values: unknown[]): Promise<unknown[]> {
    return (await this.client.query({ name, text, values })).rows;
  }

  /** The pool ends it, and its socket at once where an answer is still awaited. */
  destroy(): void {
    if (this.severed) return;
    this.severed = true;
    this.client.release(true);
  }

  release(): void {
    if (!this.severed) this.client.release();
  }
}

const INT8 = 20;

/** MikroORM's, and whole numbers as numbers: none of ours is beyond 2^53. */
function typesOf({ TypeOverrides }: typeof Pg): Pg.CustomTypesConfig {
  const types = new TypeOverrides();
  const parsers = createPostgreSqlTypeParsers(text => text as never);
  for (const [oid, parser] of Object.entries(parsers)) types.setTypeParser(Number(oid), parser as never);
  types.setTypeParser(INT8, Number);
  return types;
}
