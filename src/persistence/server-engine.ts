import { ConnectionException, DriverException } from '@mikro-orm/core';
import type { AbstractSqlPlatform } from '@mikro-orm/sql';
import type { QueryResult, TransactionSettings } from 'kysely';
import { batchLookups, type Engine, type Lookup, MAX_BATCH_SIZE } from './engine.ts';
import { TimeoutError, withTimeout } from './timeout.ts';

/**
 * Milliseconds to wait for a connection, pooled or new (RE-6). With the first response on it, a request fails within five
 * seconds (RE-3).
 */
export const ACQUIRE_TIMEOUT_MS = 2000;
/** The server itself cancels a statement, or the wait for a lock, after this. */
export const STATEMENT_TIMEOUT_MS = 2000;
/** A connection without a response for this long is considered dead. */
const RESPONSE_TIMEOUT_MS = 2500;

/** A lookup is prepared once for each of these numbers of values. */
const BATCH_SIZES = [1, 4, 16, MAX_BATCH_SIZE];

/** One connection of a client library's pool. */
export interface PooledClient {
  /** Runs a statement. With a name, the connection keeps it prepared. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a row is known to its reader
  query(sql: string, parameters?: readonly unknown[], name?: string): Promise<QueryResult<any>>;
  /** Closes the connection at once and removes it from the pool. A later release() has no effect. */
  destroy(): void;
  release(): void;
}

/**
 * A database server, over the pool of its client library, with a time limit on every wait and with errors as MikroORM
 * has them.
 */
export abstract class ServerEngine implements Engine {
  abstract readonly options: Engine['options'];
  abstract readonly migrations: Engine['migrations'];
  /** Waits for an advisory lock that belongs to the connection. */
  protected abstract readonly lock: string;
  private statements = 0;

  constructor(
    private readonly platform: AbstractSqlPlatform,
    readonly withoutTimeouts: boolean,
  ) {}

  abstract open(): Promise<void>;
  /** The statements that begin a transaction. */
  abstract begin(settings: TransactionSettings): string[];
  /** Closes the pool. */
  abstract end(): Promise<void>;
  protected abstract connect(): Promise<PooledClient>;
  /** Rewrites `?` to the placeholders of the server. */
  protected abstract withPlaceholders(sql: string): string;
  /** Whether the server or the network is unavailable, as opposed to a wrong statement. */
  protected abstract isUnavailable(error: unknown): boolean;

  /** A connection that arrives after the timeout is released at once. */
  async acquire(): Promise<PooledClient> {
    const pending = this.connect();
    try {
      return await this.converted(withTimeout(ACQUIRE_TIMEOUT_MS, pending));
    } catch (error) {
      if (error instanceof TimeoutError) pending.then(client => client.release()).catch(() => {});
      throw error;
    }
  }

  /** Limits the wait: client libraries wait forever for a server that lost its power or its network. */
  async query(client: PooledClient, ...statement: Parameters<PooledClient['query']>) {
    const response = client.query(...statement);
    if (this.withoutTimeouts) return this.converted(response);
    try {
      return await this.converted(withTimeout(RESPONSE_TIMEOUT_MS, response));
    } catch (error) {
      if (error instanceof TimeoutError) client.destroy();
      throw error;
    }
  }

  prepareRead<Row>(sql: string) {
    const read = this.prepare<Row>(sql);
    return async (...parameters: unknown[]) => (await read(parameters))[0];
  }

  prepareLookup<Row>({ sql, key }: Lookup<Row>) {
    const statements = BATCH_SIZES.map(size => ({ size, read: this.prepare<Row>(sql(conditionFor(size))) }));
    return batchLookups(async values => {
      const { size, read } = statements.find(({ size }) => size >= values.length) as (typeof statements)[number];
      // Spare parameters repeat the first value.
      const rows = await read(Array.from({ length: size }, (_, index) => values[index] ?? values[0]));
      const byKey = new Map(rows.map(row => [key(row), row]));
      return values.map(value => byKey.get(value));
    });
  }

  async withMigrationLock<T>(job: () => Promise<T>): Promise<T> {
    const client = await this.acquire();
    try {
      const { rows } = await client.query(this.lock);
      // MySQL returns 0 after its timeout and null after an error. PostgreSQL waits, or fails.
      if (rows[0]?.acquired === 0 || rows[0]?.acquired === null) throw new TimeoutError();
      return await job();
    } finally {
      // Closing the connection releases the lock.
      client.destroy();
    }
  }

  /** MikroORM ends the pool through the driver. */
  async close(): Promise<void> {}

  private prepare<Row>(text: string): (parameters: unknown[]) => Promise<Row[]> {
    this.statements += 1;
    const name = `bienvenue_${this.statements}`;
    const sql = this.withPlaceholders(text);
    return async parameters => {
      const client = await this.acquire();
      try {
        return (await this.query(client, sql, parameters, name)).rows;
      } finally {
        client.release();
      }
    };
  }

  private async converted<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof DriverException) throw error;
      if (this.isUnavailable(error)) throw new ConnectionException(error as Error);
      throw this.platform.getExceptionConverter().convertException(error as Error);
    }
  }
}

const conditionFor = (size: number) => (size === 1 ? '= ?' : `in (${Array(size).fill('?').join(', ')})`);
