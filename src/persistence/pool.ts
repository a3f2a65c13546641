import { ConnectionException, DriverException } from '@mikro-orm/core';
import type { CompiledQuery, QueryResult, TransactionSettings } from 'kysely';

/** How long to wait for a connection, be it one of the pool's or a new one (RE-6). */
export const ACQUIRE_TIMEOUT_MS = 3000;
/** After so long the engine is to give up by itself: on a statement, or on a lock that another has. */
export const STATEMENT_TIMEOUT_MS = 2000;
/** An engine that was silent for so long is gone. */
const RESPONSE_TIMEOUT_MS = 2500;
/** With the wait for a connection, so that a refusal comes within five seconds (RE-3). */
const TOTAL_TIMEOUT_MS = 4500;

/** A statement that the engine keeps prepared under a name. */
export interface Prepared {
  readonly name: string;
  readonly sql: string;
}

/** Rows as MikroORM and Kysely take them from any driver. */
// biome-ignore lint/suspicious/noExplicitAny: what a row holds is known to who asks
export type Rows = QueryResult<any>;

/** One connection of a pool, in the words of its client library. */
export interface PooledClient {
  query(query: CompiledQuery): Promise<Rows>;
  /** The rows. */
  read(statement: Prepared, parameters: unknown[]): Promise<unknown[]>;
  /** Cuts the connection, whatever it waits for; it is the pool's no more. */
  destroy(): void;
  release(): void;
}

/** A client library's pool, and how that library's errors are to be understood. */
export interface ClientPool {
  acquire(): Promise<PooledClient>;
  end(): Promise<void>;
  /** How a transaction begins. */
  begin(settings: TransactionSettings): string[];
  /** A statement whose parameters are question marks, as the engine would have it. */
  withParameters(sql: string): string;
  /** The engine, or the way to it, is not there, or cannot work now. */
  isUnavailable(error: unknown): boolean;
  /** The error as MikroORM would have it. */
  convert(error: Error): Error;
}

/** It did not come in time. */
class TimeoutError extends ConnectionException {
  constructor() {
    super(new Error('nothing came in time'));
    this.code = 'LATE';
  }
}

/** Waits for so many milliseconds, and no longer: then it throws. */
export async function withTimeout<T>(ms: number, coming: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TimeoutError()), ms);
  try {
    return await Promise.race([coming, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A connection, and how many milliseconds are left for the first answer on it. */
interface Acquired {
  client: PooledClient;
  left: number;
}

/** Connections that are waited for, and listened to, for a bounded time. */
export class Pool {
  private statements = 0;

  /**
   * Unhurried, an engine may take its time: for migrations and for moving all data, where nobody waits for an answer, and
   * where nothing is done twice.
   */
  constructor(
    private readonly clients: ClientPool,
    readonly withoutTimeouts: boolean,
  ) {}

  /** One that comes too late goes back at once. */
  async acquire(): Promise<Acquired> {
    const began = performance.now();
    const coming = this.clients.acquire();
    try {
      const client = await this.told(withTimeout(ACQUIRE_TIMEOUT_MS, coming));
      return { client, left: TOTAL_TIMEOUT_MS - (performance.now() - began) };
    } catch (error) {
      if (error instanceof TimeoutError) coming.then(client => client.release()).catch(() => {});
      throw error;
    }
  }

  /** Names a statement, for read(). Its parameters are question marks. */
  prepare(sql: string): Prepared {
    this.statements += 1;
    return { name: `bienvenue_${this.statements}`, sql: this.clients.withParameters(sql) };
  }

  /** Whoever has waited for the connection has less time `left` for the answer. */
  query(client: PooledClient, query: CompiledQuery, left = TOTAL_TIMEOUT_MS): Promise<Rows> {
    return this.heard(client, client.query(query), left);
  }

  /** The rows, outside of any transaction. */
  async read(statement: Prepared, parameters: unknown[]): Promise<unknown[]> {
    const { client, left } = await this.acquire();
    try {
      return await this.heard(client, client.read(statement, parameters), left);
    } finally {
      client.release();
    }
  }

  begin(settings: TransactionSettings): string[] {
    return this.clients.begin(settings);
  }

  end(): Promise<void> {
    return this.clients.end();
  }

  /** A database that does not answer, as one whose machine has lost its power, would be waited for for ever. */
  private async heard<T>(client: PooledClient, answer: Promise<T>, left: number): Promise<T> {
    if (this.withoutTimeouts) return this.told(answer);
    try {
      return await this.told(withTimeout(Math.min(RESPONSE_TIMEOUT_MS, left), answer));
    } catch (error) {
      if (error instanceof TimeoutError) client.destroy();
      throw error;
    }
  }

  private async told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof DriverException) throw error;
      if (this.clients.isUnavailable(error)) throw new ConnectionException(error as Error);
      throw this.clients.convert(error as Error);
    }
  }
}
