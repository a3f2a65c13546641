import { setTimeout as wait } from 'node:timers/promises';
import type { Constructor } from '@mikro-orm/core';
import { type Clock, DAY, MINUTE } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import { PeriodicTask } from '../core/periodic-task.ts';
import { DatabaseRateLimiter } from '../rate-limits/database-rate-limiter.ts';
import type { Database } from './database.ts';

/** Rows stay this long after they expired, in case the clock is set back. */
const GRACE_PERIOD = DAY;
const INTERVAL = 10 * MINUTE;
/** One replica runs per interval. The lock ends a minute early, so that the next interval finds it free. */
const INTERVAL_LOCK = { name: 'cleanup', limit: 1, window: INTERVAL - MINUTE };
/** Small, so that no request waits for long: SQLite has one writer, and its driver blocks the event loop. */
const BATCH_SIZE = 100;
const PAUSE_MS = 20;

/** Rows that the cleanup job deletes some time after they expired. */
export interface CleanupRule {
  readonly entity: Constructor;
  /** Property of the primary key. */
  readonly key: string;
  /** Indexed property with the time after which nothing reads the row any more. */
  readonly expiresAt: string;
}

/** Deletes expired rows. It only saves space: every reader checks the times itself. */
export class CleanupJob {
  private readonly task = new PeriodicTask(
    () => this.deleteInTurn(),
    error => this.log.warn('cleanup: expired rows not deleted', describeError(error)),
  );

  constructor(
    private readonly database: Database,
    private readonly rules: readonly CleanupRule[],
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Runs on one of the replicas every ten minutes. */
  start(): void {
    this.task.start(INTERVAL);
  }

  /** Deletes expired rows unless another replica did so in this interval. Returns whether it ran. */
  runOnce(): Promise<boolean> {
    return this.task.run(() => this.deleteInTurn());
  }

  /** Deletes all rows that are expired now, in small batches. Overlapping calls run one after the other. */
  deleteExpired(): Promise<void> {
    return this.task.run(() => this.deleteAllExpired());
  }

  /** Finishes the current batch. */
  stop(): Promise<void> {
    return this.task.stop();
  }

  private async deleteInTurn(): Promise<boolean> {
    const wait = await new DatabaseRateLimiter(this.database.orm.em.fork(), this.clock).consume(INTERVAL_LOCK);
    if (wait === 0) await this.deleteAllExpired();
    return wait === 0;
  }

  /** Takes turns between the tables, so that a very large one does not delay the others. */
  private async deleteAllExpired(): Promise<void> {
    const started = this.clock.now().getTime();
    const mayContinue = () => !this.task.stopped && this.clock.now().getTime() < started + INTERVAL_LOCK.window;
    let remaining = this.rules;
    while (remaining.length > 0 && mayContinue()) {
      const full: CleanupRule[] = [];
      for (const rule of remaining)
        if ((await this.deleteBatch(rule, started - GRACE_PERIOD)) === BATCH_SIZE) full.push(rule);
      remaining = full;
      if (remaining.length > 0) await wait(PAUSE_MS);
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
    // The condition is checked again, because a counter may have been restarted since the query.
    const keys = rows.map(row => row[key]).sort();
    if (keys.length > 0) await em.nativeDelete<object>(entity, { [key]: { $in: keys }, ...isExpired } as never);
    return rows.length;
  }
}
