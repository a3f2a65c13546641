import { setTimeout as wait } from 'node:timers/promises';
import type { EntityClass } from '@mikro-orm/core';
import { Session } from './auth/session.entity.ts';
import { Token } from './auth/token.entity.ts';
import type { Database } from './database.ts';
import { describe, type Log } from './log.ts';
import { type Clock, DAY, MINUTE } from './ports/clock.ts';
import { Limit } from './ports/limit.entity.ts';

/** So long after its end a row is of no use even to a clock that was set back. */
const LEFT_LYING = DAY;
const ROUND = 10 * MINUTE;
/** So few at a time that nobody waits for them: SQLite has one writer, and its driver holds the event loop. */
const BATCH = 100;
/** Milliseconds between two batches. */
const PAUSE = 20;

/** By indexed columns. */
const SWEPT: [EntityClass<object>, (over: Date) => object][] = [
  [Session, over => ({ expiresAt: { $lte: over } })],
  [Token, over => ({ expiresAt: { $lte: over } })],
  [Limit, over => ({ resetsAt: { $lte: over.getTime() } })],
];

/** Deletes what is over: nothing hangs on it, since whoever reads these rows looks at their times. */
export class Sweeper {
  private timer?: NodeJS.Timeout;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Sweeps every few minutes. */
  start(): void {
    this.timer = setInterval(() => void this.sweep().catch(error => this.failed(error)), ROUND).unref();
  }

  /** Deletes all that is over now, in small batches. Calls that overlap wait for each other. */
  sweep(): Promise<void> {
    this.round = this.round.catch(() => {}).then(() => this.sweepAll());
    return this.round;
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round.catch(() => {});
  }

  private async sweepAll(): Promise<void> {
    const over = new Date(this.clock.now().getTime() - LEFT_LYING);
    for (const [entity, isOver] of SWEPT) {
      while (!this.stopped && (await this.sweepBatch(entity, isOver(over))) === BATCH) await wait(PAUSE);
    }
  }

  private async sweepBatch(entity: EntityClass<object>, where: object): Promise<number> {
    const em = this.database.orm.em.fork();
    const rows = await em.find(entity, where, { limit: BATCH });
    await em.remove(rows).flush();
    return rows.length;
  }

  private failed(error: unknown): void {
    this.log.warn('not swept', describe(error));
  }
}
