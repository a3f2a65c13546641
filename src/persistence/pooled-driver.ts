import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionException, DeadlockException } from '@mikro-orm/core';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Pool, PooledClient } from './pool.ts';

/** For so long a transaction is done again that the engine undid for the sake of another one. PostgreSQL takes a second to see it. */
const INSISTENCE_MS = 2000;

/**
 * Kysely's driver of an engine, over connections that may break. Kysely's own leaves a connection taken for ever when a
 * transaction's begin or rollback fails on it.
 */
export class PooledDriver implements Driver {
  constructor(private readonly pool: Pool) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PooledConnection> {
    const { client, left } = await this.pool.acquire();
    return new PooledConnection(this.pool, client, left);
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
    private readonly client: PooledClient,
    private left?: number,
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
    await this.executeQuery(CompiledQuery.raw('rollback')).catch(() => this.client.destroy());
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
        const result = await this.pool.query(this.client, query, this.left);
        this.left = undefined;
        if (!this.pool.withoutTimeouts) this.transaction?.push({ query, outcome: outcomeOf(result) });
        return result;
      } catch (error) {
        const undone = error instanceof DeadlockException;
        if (undone && !this.pool.withoutTimeouts && performance.now() < latest) continue;
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
