import { setTimeout as wait } from 'node:timers/promises';
import type { EntityClass } from '@mikro-orm/core';
import { Session } from './auth/session.entity.ts';
import { Token } from './auth/token.entity.ts';
import type { Database } from './database.ts';
import { describe, type Log } from './log.ts';
import { type Clock, DAY, MINUTE } from './ports/clock.ts';
import { Limit } from './ports/limit.entity.ts';
import { DatabaseLimiter } from './ports/limiter.ts';

/** So long after its end a row is of no use even to a clock that was set back. */
const LEFT_LYING = DAY;
const ROUND = 10 * MINUTE;
/** Of all replicas one has the turn of a round. */
const TURN = { name: 'sweep', slots: 1, window: ROUND };
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

  /** Every few minutes one of the replicas sweeps. */
  start(): void {
    this.timer = setInterval(() => void this.takeTurn().catch(error => this.failed(error)), ROUND).unref();
  }

  /** Sweeps, unless another replica has the turn. True when it swept. */
  async takeTurn(): Promise<boolean> {
    const taken = await new DatabaseLimiter(this.database.orm.em.fork(), this.clock).take(TURN);
    if (taken === 0) await this.sweep();
    return taken === 0;
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
    const begun = this.clock.now().getTime();
    const over = new Date(begun - LEFT_LYING);
    // After its turn another one has it, and goes on.
    const mayGoOn = () => !this.stopped && this.clock.now().getTime() < begun + ROUND;
    for (const [entity, isOver] of SWEPT) {
      while (mayGoOn() && (await this.sweepBatch(entity, isOver(over))) === BATCH) await wait(PAUSE);
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
