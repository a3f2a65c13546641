import { ConnectionException, DriverException } from '@mikro-orm/core';
import type { CompiledQuery, QueryResult, TransactionSettings } from 'kysely';

/** How long to wait for a connection, be it one of the pool's or a new one (RE-6). */
export const ACQUIRE_MS = 3000;
/** After so long the engine is to give up by itself: on a statement, or on a lock that another has. */
export const STATEMENT_MS = 2000;
/** An engine that was silent for so long is gone. */
const SILENCE_MS = 2500;
/** With the wait for a connection, so that a refusal comes within five seconds (RE-3). */
const WHOLE_MS = 4500;

/** A statement that the engine keeps prepared under a name. */
export interface Prepared {
  readonly name: string;
  readonly sql: string;
}

/** One connection of a pool, in the words of its client library. */
export interface Client {
  query(query: CompiledQuery): Promise<QueryResult<never>>;
  /** The first row. */
  read(statement: Prepared, parameters: unknown[]): Promise<unknown>;
  /** Cuts the socket: what waits on it fails, and once released it is the pool's no more. */
  sever(): void;
  release(): void;
}

/** A client library's pool, and how that library's errors are to be understood. */
export interface ClientPool {
  acquire(): Promise<Client>;
  end(): Promise<void>;
  /** How a transaction begins. */
  begin(settings: TransactionSettings): string[];
  /** The engine, or the way to it, is not there, or cannot work now. */
  isAway(error: unknown): boolean;
  /** The error as MikroORM would have it. */
  convert(error: Error): Error;
}

/** Waits for an answer as long as it may; then the connection is cut, and with it the answer fails. */
export async function within<T>(ms: number, client: Pick<Client, 'sever'>, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => client.sever(), ms);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

/** A connection, and how many milliseconds are left for the first answer on it. */
interface Acquired {
  client: Client;
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
    readonly unhurried: boolean,
  ) {}

  /** Waits for as long as it may, and no longer; one that comes too late goes back at once. */
  async acquire(): Promise<Acquired> {
    const began = performance.now();
    const acquired = this.clients.acquire();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new ConnectionException(new Error('no connection in time')));
      acquired.then(client => client.release()).catch(() => {});
    }, ACQUIRE_MS);
    try {
      const client = await this.told(Promise.race([acquired, late.promise]));
      return { client, left: WHOLE_MS - (performance.now() - began) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Names a statement, for read(). */
  prepare(sql: string): Prepared {
    this.statements += 1;
    return { name: `bienvenue_${this.statements}`, sql };
  }

  /** Whoever has waited for the connection has less time `left` for the answer. */
  query(client: Client, query: CompiledQuery, left = WHOLE_MS): Promise<QueryResult<never>> {
    return this.heard(client, client.query(query), left);
  }

  /** The first row, outside of any transaction. */
  async read(statement: Prepared, parameters: unknown[]): Promise<unknown> {
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
  private async heard<T>(client: Client, answer: Promise<T>, left: number): Promise<T> {
    return this.told(this.unhurried ? answer : within(Math.min(SILENCE_MS, left), client, answer));
  }

  private async told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof DriverException) throw error;
      if (this.clients.isAway(error)) throw new ConnectionException(error as Error);
      throw this.clients.convert(error as Error);
    }
  }
}
