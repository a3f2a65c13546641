import { ConnectionException, DriverException } from '@mikro-orm/core';
import type { ExceptionConverter } from '@mikro-orm/sql';
import type { CompiledQuery, QueryResult, TransactionSettings } from 'kysely';
import { TimeoutError, withTimeout } from './timeout.ts';

/** Milliseconds to wait for a connection, pooled or new (RE-6). */
export const ACQUIRE_TIMEOUT_MS = 3000;
/** The engine itself cancels a statement, or the wait for a lock, after this. */
export const STATEMENT_TIMEOUT_MS = 2000;
/** A connection without a response for this long is considered dead. */
const RESPONSE_TIMEOUT_MS = 2500;
/** Connection and first response together, so that a request fails within five seconds (RE-3). */
const TOTAL_TIMEOUT_MS = 4500;

/** A statement that the engine keeps prepared under a name. */
export interface Prepared {
  readonly name: string;
  readonly sql: string;
}

/** Rows as Kysely expects them from a driver. */
// biome-ignore lint/suspicious/noExplicitAny: the shape of a row is known to its reader
export type Rows = QueryResult<any>;

/** One connection of a client library's pool. */
export interface PooledClient {
  query(query: CompiledQuery): Promise<Rows>;
  read(statement: Prepared, parameters: unknown[]): Promise<unknown[]>;
  /** Closes the connection at once and removes it from the pool. */
  destroy(): void;
  release(): void;
}

/** A connection, and the milliseconds left for the first response on it. */
export interface Acquired {
  client: PooledClient;
  remaining: number;
}

/**
 * A client library's pool, with a time limit on every wait and with errors as MikroORM has them. `withoutTimeouts` is for
 * migrations, export and import, where no request waits.
 */
export abstract class Pool {
  private statements = 0;

  constructor(
    readonly withoutTimeouts: boolean,
    private readonly converter: ExceptionConverter,
  ) {}

  /** The statements that begin a transaction. */
  abstract begin(settings: TransactionSettings): string[];
  abstract end(): Promise<void>;
  protected abstract connect(): Promise<PooledClient>;
  /** Rewrites `?` to the placeholders of the engine. */
  protected abstract withPlaceholders(sql: string): string;
  /** Whether the engine or the network is unavailable, as opposed to a wrong statement. */
  protected abstract isUnavailable(error: unknown): boolean;

  /** A connection that arrives after the timeout is released at once. */
  async acquire(): Promise<Acquired> {
    const start = performance.now();
    const pending = this.connect();
    try {
      const client = await this.converted(withTimeout(ACQUIRE_TIMEOUT_MS, pending));
      return { client, remaining: TOTAL_TIMEOUT_MS - (performance.now() - start) };
    } catch (error) {
      if (error instanceof TimeoutError) pending.then(client => client.release()).catch(() => {});
      throw error;
    }
  }

  /** Names a statement for read(). Its parameters are question marks. */
  prepare(sql: string): Prepared {
    this.statements += 1;
    return { name: `bienvenue_${this.statements}`, sql: this.withPlaceholders(sql) };
  }

  query(client: PooledClient, query: CompiledQuery, remaining = TOTAL_TIMEOUT_MS): Promise<Rows> {
    return this.response(client, client.query(query), remaining);
  }

  /** The rows of a prepared statement, outside any transaction. */
  async read(statement: Prepared, parameters: unknown[]): Promise<unknown[]> {
    const { client, remaining } = await this.acquire();
    try {
      return await this.response(client, client.read(statement, parameters), remaining);
    } finally {
      client.release();
    }
  }

  /** Limits the wait: client libraries wait forever for a server that lost its power or its network. */
  private async response<T>(client: PooledClient, response: Promise<T>, remaining: number): Promise<T> {
    if (this.withoutTimeouts) return this.converted(response);
    try {
      return await this.converted(withTimeout(Math.min(RESPONSE_TIMEOUT_MS, remaining), response));
    } catch (error) {
      if (error instanceof TimeoutError) client.destroy();
      throw error;
    }
  }

  private async converted<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof DriverException) throw error;
      if (this.isUnavailable(error)) throw new ConnectionException(error as Error);
      throw this.converter.convertException(error as Error);
    }
  }
}
