import { describe, type Log } from '../log.ts';
import { type Clock, HOUR } from './clock.ts';
import type { Counted, Limiter, LimitRule } from './limiter.ts';
import { LocalLimiter } from './local-limiter.ts';

/** So long after the shared store came back it is not believed alone: it may have come back empty. */
const IN_DOUBT = HOUR;

const divided = (rule: LimitRule, by: number): LimitRule => {
  const part = (number: number) => Math.max(1, Math.floor(number / by));
  return { ...rule, slots: part(rule.slots), ...(rule.delayFrom && { delayFrom: part(rule.delayFrom) }) };
};

/**
 * Counts in a shared store and, alongside, in this process. While the store is away the process decides, at half the
 * numbers, since each replica counts for itself: no outage opens more tries, and none keeps people out. The workers of
 * one replica share its half, down to one try each.
 */
export class InsuredLimiter implements Limiter {
  private readonly own: LocalLimiter;
  private away = false;
  private doubtUntil = 0;

  constructor(
    private readonly shared: Limiter,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly workers = 1,
  ) {
    this.own = new LocalLimiter(clock);
  }

  async take(rule: LimitRule, ...subject: string[]): Promise<number> {
    const wait = await this.asked(shared => shared.take(rule, ...subject));
    if (wait !== undefined && wait > 0) return wait;
    if (this.inDoubt()) return this.own.take(divided(rule, 2 * this.workers), ...subject);
    await this.own.take(rule, ...subject);
    return 0;
  }

  async giveBack(rule: LimitRule, ...subject: string[]): Promise<void> {
    await this.own.giveBack(rule, ...subject);
    await this.asked(shared => shared.giveBack(rule, ...subject));
  }

  async clear(...counters: Counted[]): Promise<void> {
    await this.own.clear(...counters);
    await this.asked(shared => shared.clear(...counters));
  }

  /** Undefined while the store is away. */
  private async asked<T>(ask: (shared: Limiter) => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask(this.shared);
      if (this.away) this.log.info('limits are shared again');
      this.away = false;
      return answer;
    } catch (error) {
      if (!this.away) this.log.warn('limits are not shared, each process counts for itself', describe(error));
      this.away = true;
      this.doubtUntil = this.clock.now().getTime() + IN_DOUBT;
      return undefined;
    }
  }

  private inDoubt(): boolean {
    return this.away || this.clock.now().getTime() < this.doubtUntil;
  }
}
