import { setTimeout as wait } from 'node:timers/promises';
import type { Constructor } from '@mikro-orm/core';
import { type Clock, DAY, MINUTE } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import { DatabaseRateLimiter } from '../rate-limits/database-rate-limiter.ts';
import type { Database } from './database.ts';

/** So long after its end a row is of no use even to a clock that was set back. */
const GRACE_PERIOD = DAY;
const INTERVAL = 10 * MINUTE;
/** Of all replicas one has the turn. It ends before the next round, which would else find it taken by a hair. */
const INTERVAL_LOCK = { name: 'sweep', limit: 1, window: INTERVAL - MINUTE };
/** So few at a time that nobody waits for them: SQLite has one writer, and its driver holds the event loop. */
const BATCH = 100;
/** Milliseconds between two batches. */
const PAUSE = 20;

/** Rows that the cleanup job deletes some time after they expired. */
export interface CleanupRule {
  readonly entity: Constructor;
  /** Property of the primary key. */
  readonly key: string;
  /** Indexed property with the time after which nothing reads the row any more. */
  readonly expiresAt: string;
}

/** Deletes what is over: nothing hangs on it, since whoever reads these rows looks at their times. */
export class CleanupJob {
  private timer?: NodeJS.Timeout;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly rules: readonly CleanupRule[],
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Every few minutes one of the replicas sweeps. */
  start(): void {
    this.timer = setInterval(() => void this.runOnce().catch(error => this.failed(error)), INTERVAL).unref();
  }

  /** Sweeps, unless another replica has the turn. True when it swept. */
  async runOnce(): Promise<boolean> {
    const taken = await new DatabaseRateLimiter(this.database.orm.em.fork(), this.clock).consume(INTERVAL_LOCK);
    if (taken === 0) await this.deleteExpired();
    return taken === 0;
  }

  /** Deletes all that is over now, in small batches. Calls that overlap wait for each other. */
  deleteExpired(): Promise<void> {
    this.round = this.round.catch(() => {}).then(() => this.deleteAllExpired());
    return this.round;
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round.catch(() => {});
  }

  /** The tables by turns, so that one that never ends keeps none of the others waiting. */
  private async deleteAllExpired(): Promise<void> {
    const begun = this.clock.now().getTime();
    const mayGoOn = () => !this.stopped && this.clock.now().getTime() < begun + INTERVAL_LOCK.window;
    let left = this.rules;
    while (left.length > 0 && mayGoOn()) {
      const full: CleanupRule[] = [];
      for (const rule of left) if ((await this.deleteBatch(rule, begun - GRACE_PERIOD)) === BATCH) full.push(rule);
      left = full;
      if (left.length > 0) await wait(PAUSE);
    }
  }

  private async deleteBatch({ entity, key, expiresAt }: CleanupRule, latest: number): Promise<number> {
    const em = this.database.orm.em.fork();
    const isExpired = { [expiresAt]: { $lte: latest } };
    const oldest = em
      .qb<object>(entity)
      .select(key as never)
      .where(isExpired)
      .orderBy({ [expiresAt]: 'asc' });
    const rows = await oldest.limit(BATCH).execute<Record<string, string>[]>('all', false);
    // The condition is checked again: a counter may have started anew meanwhile.
    const keys = rows.map(row => row[key]).sort();
    if (keys.length > 0) await em.nativeDelete<object>(entity, { [key]: { $in: keys }, ...isExpired } as never);
    return rows.length;
  }

  private failed(error: unknown): void {
    this.log.warn('not swept', describeError(error));
  }
}
