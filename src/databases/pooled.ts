import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionException, DeadlockException, DriverException } from '@mikro-orm/core';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

/** How long to wait for a connection, be it one of the pool's or a new one. */
export const ACQUIRE_MS = 1500;
/** After so long the engine is to give up by itself: on a statement, or on a lock that another has. */
export const STATEMENT_MS = 2000;
/** An engine that was silent for so long is gone. With the wait for a connection: a refusal within five seconds (RE-3). */
const SILENCE_MS = 2500;
/** For so long a transaction is done again that the engine undid for the sake of another one. PostgreSQL takes a second to see it. */
const INSISTENCE_MS = 2000;

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
  async acquire(): Promise<Client> {
    const acquired = this.clients.acquire();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new ConnectionException(new Error('no connection in time')));
      acquired.then(client => client.release()).catch(() => {});
    }, ACQUIRE_MS);
    try {
      return await this.told(Promise.race([acquired, late.promise]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Names a statement, for read(). */
  prepare(sql: string): Prepared {
    this.statements += 1;
    return { name: `bienvenue_${this.statements}`, sql };
  }

  query(client: Client, query: CompiledQuery): Promise<QueryResult<never>> {
    return this.heard(client, client.query(query));
  }

  /** The first row, outside of any transaction. */
  async read(statement: Prepared, parameters: unknown[]): Promise<unknown> {
    const client = await this.acquire();
    try {
      return await this.heard(client, client.read(statement, parameters));
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
  private async heard<T>(client: Client, answer: Promise<T>): Promise<T> {
    return this.told(this.unhurried ? answer : within(SILENCE_MS, client, answer));
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

/**
 * Kysely's driver of an engine, over connections that may break. Kysely's own leaves a connection taken for ever when a
 * transaction's begin or rollback fails on it.
 */
export class PooledDriver implements Driver {
  constructor(private readonly pool: Pool) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PooledConnection> {
    return new PooledConnection(this.pool, await this.pool.acquire());
  }

  beginTransaction(connection: PooledConnection, settings: TransactionSettings): Promise<void> {
    return connection.begin(this.pool.begin(settings));
  }

  commitTransaction(connection: PooledConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: PooledConnection): Promise<void> {
    return connection.rollback();
  }

  async releaseConnection(connection: PooledConnection): Promise<void> {
    connection.release();
  }

  destroy(): Promise<void> {
    return this.pool.end();
  }
}

/** A statement of a transaction, and what came of it. */
interface Step {
  query: CompiledQuery;
  outcome: string;
}

/**
 * One connection. A transaction that the engine undid because of another one (a deadlock, or a write on another node of a
 * cluster that came first) is done again, statement by statement. Should one of them then give anything else than it gave
 * the first time, the caller has decided on what is no longer so: he is told of the conflict. Nothing is done twice, since
 * of the first time nothing is left.
 */
class PooledConnection implements DatabaseConnection {
  private transaction?: Step[];
  private refusal?: { error: unknown };

  constructor(
    private readonly pool: Pool,
    private readonly client: Client,
  ) {}

  /** A begin that fails is told by the next query: thrown from here, it would leave the connection taken for ever. */
  async begin(words: string[]): Promise<void> {
    this.transaction = [];
    try {
      for (const sql of words) await this.executeQuery(CompiledQuery.raw(sql));
    } catch (error) {
      this.refusal = { error };
    }
  }

  async commit(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw('commit'));
    this.transaction = undefined;
  }

  /** Where it cannot even roll back, the engine will, once the connection is gone. */
  async rollback(): Promise<void> {
    this.transaction = undefined;
    this.refusal = undefined;
    await this.executeQuery(CompiledQuery.raw('rollback')).catch(() => this.client.sever());
  }

  release(): void {
    this.client.release();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.refusal) throw this.refusal.error;
    const latest = performance.now() + INSISTENCE_MS;
    for (let tries = 1; ; tries++) {
      try {
        if (tries > 1) await this.again(tries);
        const result = await this.pool.query(this.client, query);
        if (!this.pool.unhurried) this.transaction?.push({ query, outcome: outcomeOf(result) });
        return result;
      } catch (error) {
        const undone = error instanceof DeadlockException;
        if (undone && !this.pool.unhurried && performance.now() < latest) continue;
        // What came now would be done outside of any transaction, and stay.
        if (this.transaction) this.refusal = { error };
        throw error;
      }
    }
  }

  // biome-ignore lint/correctness/useYield: nothing is streamed
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streams are not supported');
  }

  private async again(tries: number): Promise<void> {
    // Chance keeps two that met from meeting again and again.
    await sleep(Math.random() * 10 * Math.min(tries, 10));
    const steps = this.transaction ?? [];
    if (steps.length > 0) await this.pool.query(this.client, CompiledQuery.raw('rollback'));
    for (const { query, outcome } of steps) {
      const result = await this.pool.query(this.client, query);
      if (outcomeOf(result) !== outcome) throw new OutcomeChanged();
    }
  }
}

/** A transaction was undone for the sake of another one, which has changed what it had read. */
class OutcomeChanged extends ConnectionException {
  constructor() {
    super(new Error('a conflict with another transaction'));
    this.code = 'OUTCOME_CHANGED';
  }
}

const outcomeOf = ({ rows, numAffectedRows }: QueryResult<unknown>): string =>
  JSON.stringify([rows, numAffectedRows?.toString()]);
