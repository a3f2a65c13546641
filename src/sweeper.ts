import { setTimeout as wait } from 'node:timers/promises';
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
/** Of all replicas one has the turn. It ends before the next round, which would else find it taken by a hair. */
const TURN = { name: 'sweep', slots: 1, window: ROUND - MINUTE };
/** So few at a time that nobody waits for them: SQLite has one writer, and its driver holds the event loop. */
const BATCH = 100;
/** Milliseconds between two batches. */
const PAUSE = 20;

/** Whose key, and by which indexed column. */
const SWEPT = [
  { entity: Session, key: 'id', end: 'expiresAt' },
  { entity: Token, key: 'id', end: 'expiresAt' },
  { entity: Limit, key: 'key', end: 'resetsAt' },
] as const;

type Swept = (typeof SWEPT)[number];

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

  /** The tables by turns, so that one that never ends keeps none of the others waiting. */
  private async sweepAll(): Promise<void> {
    const begun = this.clock.now().getTime();
    const mayGoOn = () => !this.stopped && this.clock.now().getTime() < begun + TURN.window;
    let left: readonly Swept[] = SWEPT;
    while (left.length > 0 && mayGoOn()) {
      const full: Swept[] = [];
      for (const swept of left) if ((await this.sweepBatch(swept, begun - LEFT_LYING)) === BATCH) full.push(swept);
      left = full;
      if (left.length > 0) await wait(PAUSE);
    }
  }

  private async sweepBatch({ entity, key, end }: Swept, over: number): Promise<number> {
    const em = this.database.orm.em.fork();
    const isOver = { [end]: { $lte: over } };
    const oldest = em
      .qb<Session | Token | Limit>(entity)
      .select(key)
      .where(isOver)
      .orderBy({ [end]: 'asc' });
    const rows = await oldest.limit(BATCH).execute<Record<string, string>[]>('all', false);
    // Asked again whether it is over: a counter may have begun anew meanwhile.
    const keys = rows.map(row => row[key]).sort();
    if (keys.length > 0) await em.nativeDelete<Session | Token | Limit>(entity, { [key]: { $in: keys }, ...isOver });
    return rows.length;
  }

  private failed(error: unknown): void {
    this.log.warn('not swept', describe(error));
  }
}
