import { setTimeout as sleep } from 'node:timers/promises';
import type { Constructor } from '@mikro-orm/core';
import { type Clock, DAY, MINUTE } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import { DatabaseRateLimiter } from '../rate-limits/database-rate-limiter.ts';
import type { Database } from './database.ts';

/** Expired rows are kept this long, in case the clock is set back. */
const GRACE_PERIOD = DAY;
const INTERVAL = 10 * MINUTE;
/** One replica runs per interval. A minute shorter than the interval, so that the next run does not find it taken. */
const INTERVAL_LOCK = { name: 'cleanup', limit: 1, window: INTERVAL - MINUTE };
/** Small, so that requests do not wait: SQLite has one writer, and its driver blocks the event loop. */
const BATCH_SIZE = 100;
/** Milliseconds between two batches. */
const PAUSE_MS = 20;

/** Rows that the cleanup job deletes some time after they expired. */
export interface CleanupRule {
  readonly entity: Constructor;
  /** Property of the primary key. */
  readonly key: string;
  /** Indexed property with the time after which nothing reads the row any more. */
  readonly expiresAt: string;
}

/** Deletes expired rows to save space. Security does not depend on it: every reader of these rows checks their times. */
export class CleanupJob {
  private timer?: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly rules: readonly CleanupRule[],
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.runOnce().catch(error => this.logFailure(error)), INTERVAL).unref();
  }

  /** Runs unless another replica did in this interval. Returns whether it ran. */
  async runOnce(): Promise<boolean> {
    const wait = await new DatabaseRateLimiter(this.database.orm.em.fork(), this.clock).consume(INTERVAL_LOCK);
    if (wait === 0) await this.deleteExpired();
    return wait === 0;
  }

  /** Deletes all rows that are expired now, in small batches. Overlapping calls run one after the other. */
  deleteExpired(): Promise<void> {
    this.running = this.running.catch(() => {}).then(() => this.deleteBatches());
    return this.running;
  }

  /** Finishes the current batch. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running.catch(() => {});
  }

  /** Alternates between the tables, so that one with a large backlog does not delay the others. */
  private async deleteBatches(): Promise<void> {
    const start = this.clock.now().getTime();
    const mayContinue = () => !this.stopped && this.clock.now().getTime() < start + INTERVAL_LOCK.window;
    let unfinished = this.rules;
    while (unfinished.length > 0 && mayContinue()) {
      const full: CleanupRule[] = [];
      for (const rule of unfinished) {
        if ((await this.deleteBatch(rule, start - GRACE_PERIOD)) === BATCH_SIZE) full.push(rule);
      }
      unfinished = full;
      if (unfinished.length > 0) await sleep(PAUSE_MS);
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
    const rows = await oldest.limit(BATCH_SIZE).execute<Record<string, string>[]>('all', false);
    // The condition is checked again: a counter may have been renewed since.
    const keys = rows.map(row => row[key]).sort();
    if (keys.length > 0) await em.nativeDelete<object>(entity, { [key]: { $in: keys }, ...isExpired } as never);
    return rows.length;
  }

  private logFailure(error: unknown): void {
    this.log.warn('cleanup failed', describeError(error));
  }
}
