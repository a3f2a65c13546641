import { PostgreSqlDriver, PostgreSqlPlatform } from '@mikro-orm/postgresql';
import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import { PostgresDialect, type TransactionSettings } from 'kysely';
import type Pg from 'pg';
import { migrations } from '../../schema/migrations/postgresql/index.ts';
import type { ServerDatabase } from '../options/connection-urls.ts';
import { parseConnectionUrl } from './connection-url.ts';
import { clientOf, type Engine, type EngineOptions, UnsupportedDatabaseError, withDriver } from './engine.ts';
import { PooledDriver } from './pooled-driver.ts';
import { ACQUIRE_TIMEOUT_MS, type PooledClient, ServerEngine, STATEMENT_TIMEOUT_MS } from './server-engine.ts';
import { withTimeout } from './timeout.ts';
import { tlsOptions } from './tls.ts';

const pg = clientOf<typeof Pg>('@mikro-orm/postgresql', 'pg');

/** Settings of each new session, which override the defaults of the server, database and user. */
const sessionSettings = (timeout: number) => `
  set default_transaction_isolation = 'read committed';
  set statement_timeout = ${timeout};
  set lock_timeout = ${timeout};
  set idle_in_transaction_session_timeout = ${2 * timeout}`;

/**
 * SQLSTATEs that mean "try again later" rather than "wrong statement": no connection, out of resources, a lock or time
 * limit, a server that starts, stops or is a standby, a broken disk.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE = /^(08|28|53|57|58|55P03|25006|25P03|3D000|XX00[12])/;

/** PostgreSQL, or a database with its protocol. */
export class PostgresqlEngine extends ServerEngine {
  readonly options: Engine['options'];
  readonly migrations = migrations;
  /** An arbitrary constant: "bien" in ASCII. */
  protected readonly lock = `select pg_advisory_lock(${0x6269656e})`;
  private readonly pool: Pg.Pool;

  constructor({ url, poolSize }: ServerDatabase, { withoutTimeouts = false }: EngineOptions) {
    super(new PostgreSqlPlatform(), withoutTimeouts);
    const target = parseConnectionUrl(url);
    this.pool = new pg.Pool({
      host: target.socket ?? target.host,
      port: target.port,
      user: target.user,
      password: target.password,
      database: target.database,
      ssl: tlsOptions(target),
      options: target.options,
      application_name: target.applicationName ?? 'bienvenue',
      max: poolSize,
      connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      keepAlive: true,
      types: typeParsers(),
      onConnect: client => this.setUpSession(client),
    });
    // The pool replaces an idle connection that broke; without a listener the event would end the process.
    this.pool.on('error', () => {});
    this.options = {
      driver: PostgreSqlDriver,
      driverOptions: withDriver(new PostgresDialect({ pool: this.pool }), () => new PooledDriver(this)),
      dbName: target.database,
    };
  }

  async open(): Promise<void> {
    const shown = await this.prepareRead<{ server_encoding: string }>('show server_encoding')();
    if (shown?.server_encoding === 'UTF8') return;
    throw new UnsupportedDatabaseError(
      `a database in ${shown?.server_encoding} cannot store every name; create one in UTF8.`,
    );
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): string[] {
    const modes = [isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean);
    return [`begin ${modes.join(', ')}`];
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  protected async connect(): Promise<PooledClient> {
    return new PgClient(await this.pool.connect());
  }

  protected withPlaceholders(sql: string): string {
    let count = 0;
    return sql.replaceAll('?', () => `$${++count}`);
  }

  protected isUnavailable(error: unknown): boolean {
    return !(error instanceof pg.DatabaseError) || UNAVAILABLE.test(error.code ?? '');
  }

  private async setUpSession(client: Pg.ClientBase): Promise<void> {
    // The pool listens to idle connections only.
    client.on('error', () => {});
    const settings = sessionSettings(this.withoutTimeouts ? 0 : STATEMENT_TIMEOUT_MS);
    await withTimeout(ACQUIRE_TIMEOUT_MS, client.query(settings));
  }
}

const COUNTED_COMMANDS = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

class PgClient implements PooledClient {
  private destroyed = false;

  constructor(private readonly client: Pg.PoolClient) {}

  async query(text: string, values: readonly unknown[] = [], name?: string) {
    const { command, rowCount, rows } = await this.client.query({ text, values: [...values], name });
    return { numAffectedRows: COUNTED_COMMANDS.has(command) ? BigInt(rowCount ?? 0) : undefined, rows: rows ?? [] };
  }

  /** The pool closes the socket at once when a response is pending. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.client.release(true);
  }

  release(): void {
    if (!this.destroyed) this.client.release();
  }
}

const INT8 = 20;

/** MikroORM's parsers, and bigint as a number: no value of the service exceeds 2^53. */
function typeParsers(): Pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  const parsers = createPostgreSqlTypeParsers(text => text as never);
  for (const [oid, parser] of Object.entries(parsers)) types.setTypeParser(Number(oid), parser as never);
  types.setTypeParser(INT8, Number);
  return types;
}
