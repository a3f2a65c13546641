import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionException, DeadlockException, LockWaitTimeoutException } from '@mikro-orm/core';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Acquired, Pool } from './pool.ts';

/** How long a transaction that the engine rolled back is repeated. PostgreSQL takes a second to detect a deadlock. */
const REPLAY_TIMEOUT_MS = 2000;

/** Kysely's driver over a Pool. Kysely's own drivers never release a connection whose begin or rollback failed. */
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

  savepoint(connection: PooledConnection, name: string): Promise<void> {
    return connection.savepoint(name);
  }

  rollbackToSavepoint(connection: PooledConnection, name: string): Promise<void> {
    return connection.rollbackToSavepoint(name);
  }

  releaseSavepoint(connection: PooledConnection, name: string): Promise<void> {
    return connection.releaseSavepoint(name);
  }

  async releaseConnection(connection: PooledConnection): Promise<void> {
    connection.release();
  }

  destroy(): Promise<void> {
    return this.pool.end();
  }
}

/** A statement of a transaction, and its result. */
interface Step {
  query: CompiledQuery;
  result: string;
}

/**
 * One connection. A transaction that the engine rolled back because of another one (a deadlock, or a conflict between
 * nodes of a cluster) is repeated statement by statement: nothing of the first attempt was kept. If a statement now
 * returns something else, the service decided on data that has changed, and the transaction fails
 * (docs/decisions/0014).
 */
class PooledConnection implements DatabaseConnection {
  private transaction?: Step[];
  /** Once set, every statement of the transaction fails with it. */
  private failure?: { error: unknown };
  private remaining?: number;

  constructor(
    private readonly pool: Pool,
    private readonly acquired: Acquired,
  ) {
    this.remaining = acquired.remaining;
  }

  /** A begin that fails makes the next query fail: thrown here, it would leave the connection acquired for good. */
  async begin(statements: string[]): Promise<void> {
    this.transaction = [];
    try {
      for (const sql of statements) await this.executeQuery(CompiledQuery.raw(sql));
    } catch (error) {
      this.failure = { error };
    }
  }

  async commit(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw('commit'));
    this.transaction = undefined;
  }

  /** If the rollback fails, closing the connection makes the engine roll back. */
  async rollback(): Promise<void> {
    this.transaction = undefined;
    this.failure = undefined;
    await this.executeQuery(CompiledQuery.raw('rollback')).catch(() => this.acquired.client.destroy());
  }

  async savepoint(name: string): Promise<void> {
    await this.executeQuery(CompiledQuery.raw(savepointStatement(name)));
  }

  /** Undoes a rejected statement. After a lost transaction there is no savepoint: the failure remains. */
  async rollbackToSavepoint(name: string): Promise<void> {
    if (this.failure && isTransactionLost(this.failure.error)) throw this.failure.error;
    this.failure = undefined;
    const savepoint = this.transaction?.findLastIndex(({ query }) => query.sql === savepointStatement(name)) ?? -1;
    // A replay does not repeat what was undone.
    this.transaction?.splice(savepoint + 1);
    await this.executeQuery(CompiledQuery.raw(`rollback to savepoint ${name}`));
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.executeQuery(CompiledQuery.raw(`release savepoint ${name}`));
  }

  release(): void {
    this.acquired.client.release();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.failure) throw this.failure.error;
    const deadline = performance.now() + REPLAY_TIMEOUT_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) await this.replay(attempt);
        const result = await this.query(query);
        if (!this.pool.withoutTimeouts) this.transaction?.push({ query, result: serialize(result) });
        return result;
      } catch (error) {
        const rolledBack = error instanceof DeadlockException && !this.pool.withoutTimeouts;
        if (rolledBack && performance.now() < deadline) continue;
        // Otherwise the next statement would run, and stay, outside any transaction.
        if (this.transaction) this.failure = { error };
        throw error;
      }
    }
  }

  // biome-ignore lint/correctness/useYield: streams are not supported
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streams are not supported');
  }

  private query(query: CompiledQuery) {
    const { remaining } = this;
    this.remaining = undefined;
    return this.pool.query(this.acquired.client, query, remaining);
  }

  private async replay(attempt: number): Promise<void> {
    // A random pause, so that two transactions do not collide repeatedly.
    await sleep(Math.random() * 10 * Math.min(attempt, 10));
    const steps = this.transaction ?? [];
    if (steps.length > 0) await this.query(CompiledQuery.raw('rollback'));
    for (const { query, result } of steps) {
      if (serialize(await this.query(query)) !== result) throw new ReplayConflict();
    }
  }
}

/** A transaction was rolled back because of another one, which changed data that it had read. */
class ReplayConflict extends ConnectionException {
  constructor() {
    super(new Error('a conflict with another transaction'));
    this.code = 'REPLAY_CONFLICT';
  }
}

const savepointStatement = (name: string) => `savepoint ${name}`;

/** Whether the engine rolled back the whole transaction, or may have. */
const isTransactionLost = (error: unknown) =>
  [ConnectionException, DeadlockException, LockWaitTimeoutException].some(lost => error instanceof lost);

const serialize = ({ rows, numAffectedRows }: QueryResult<unknown>): string =>
  JSON.stringify([rows, numAffectedRows?.toString()]);
