import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionException, DeadlockException, LockWaitTimeoutException } from '@mikro-orm/core';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { PooledClient, ServerEngine } from './server-engine.ts';

/** How long a transaction that the server rolled back is repeated. PostgreSQL takes a second to detect a deadlock. */
const REPLAY_TIMEOUT_MS = 2000;

/** Kysely's driver for a server. Kysely's own drivers never release a connection whose begin or rollback failed. */
export class PooledDriver implements Driver {
  constructor(private readonly engine: ServerEngine) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PooledConnection> {
    return new PooledConnection(this.engine, await this.engine.acquire());
  }

  beginTransaction(connection: PooledConnection, settings: TransactionSettings): Promise<void> {
    return connection.begin(settings);
  }

  commitTransaction(connection: PooledConnection): Promise<void> {
    return connection.run('commit');
  }

  rollbackTransaction(connection: PooledConnection): Promise<void> {
    return connection.rollback();
  }

  savepoint(connection: PooledConnection, name: string): Promise<void> {
    return connection.run(`savepoint ${name}`);
  }

  rollbackToSavepoint(connection: PooledConnection, name: string): Promise<void> {
    return connection.rollbackToSavepoint(name);
  }

  releaseSavepoint(connection: PooledConnection, name: string): Promise<void> {
    return connection.run(`release savepoint ${name}`);
  }

  async releaseConnection(connection: PooledConnection): Promise<void> {
    connection.client.release();
  }

  destroy(): Promise<void> {
    return this.engine.end();
  }
}

/**
 * One connection. A transaction that the server rolled back because of another one (a deadlock, or a conflict between
 * nodes of a cluster) is repeated statement by statement: nothing of the first attempt was kept. If a statement now
 * returns something else, the service decided on data that has changed, and the transaction fails
 * (docs/decisions/0014).
 */
class PooledConnection implements DatabaseConnection {
  /** The statements of the open transaction, and their results. */
  private transaction?: { query: CompiledQuery; result: string }[];
  /** Once set, every statement of the transaction fails with it: it would run, and stay, outside any transaction. */
  private failure?: { error: unknown };

  constructor(
    private readonly engine: ServerEngine,
    readonly client: PooledClient,
  ) {}

  /** A begin that fails makes the next query fail: thrown here, it would leave the connection acquired for good. */
  async begin(settings: TransactionSettings): Promise<void> {
    this.transaction = [];
    try {
      for (const sql of this.engine.begin(settings)) await this.run(sql);
    } catch {}
  }

  /** If the rollback fails, closing the connection makes the server roll back. */
  async rollback(): Promise<void> {
    this.transaction = undefined;
    this.failure = undefined;
    await this.run('rollback').catch(() => this.client.destroy());
  }

  /** Undoes a rejected statement. After a lost transaction there is no savepoint: the failure remains. */
  async rollbackToSavepoint(name: string): Promise<void> {
    if (this.failure && isTransactionLost(this.failure.error)) throw this.failure.error;
    this.failure = undefined;
    await this.run(`rollback to savepoint ${name}`);
  }

  async run(sql: string): Promise<void> {
    await this.executeQuery(CompiledQuery.raw(sql));
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.failure) throw this.failure.error;
    try {
      const result = await this.queryWithReplay(query);
      if (!this.engine.withoutTimeouts) this.transaction?.push({ query, result: serialize(result) });
      return result;
    } catch (error) {
      if (this.transaction) this.failure = { error };
      throw error;
    }
  }

  // biome-ignore lint/correctness/useYield: streams are not supported
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streams are not supported');
  }

  private query({ sql, parameters }: CompiledQuery) {
    return this.engine.query(this.client, sql, parameters);
  }

  private async queryWithReplay(query: CompiledQuery) {
    const deadline = performance.now() + REPLAY_TIMEOUT_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) await this.replay(attempt);
        return await this.query(query);
      } catch (error) {
        const rolledBack = error instanceof DeadlockException && !this.engine.withoutTimeouts;
        if (!rolledBack || performance.now() > deadline) throw error;
      }
    }
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

/** Whether the server rolled back the whole transaction, or may have. */
const isTransactionLost = (error: unknown) =>
  [ConnectionException, DeadlockException, LockWaitTimeoutException].some(lost => error instanceof lost);

const serialize = ({ rows, numAffectedRows }: QueryResult<unknown>): string =>
  JSON.stringify([rows, numAffectedRows?.toString()]);
