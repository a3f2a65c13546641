import { type Clock, HOUR } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import type { CounterRef, RateLimiter, RateLimitRule } from './database-rate-limiter.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';

/** So long after the shared store came back it is not believed alone: it may have come back empty. */
const DISTRUST_PERIOD = HOUR;

const divided = (rule: RateLimitRule, by: number): RateLimitRule => {
  const part = (number: number) => Math.max(1, Math.floor(number / by));
  return { ...rule, limit: part(rule.limit), ...(rule.delayFrom && { delayFrom: part(rule.delayFrom) }) };
};

/**
 * Counts in a shared store and, alongside, in this process. While the store is away the process decides, at half the
 * numbers, since each replica counts for itself: no outage opens more tries, and none keeps people out. The workers of
 * one replica share its half, down to one try each.
 */
export class FallbackRateLimiter implements RateLimiter {
  private readonly own: MemoryRateLimiter;
  private away = false;
  private doubtUntil = 0;

  constructor(
    private readonly shared: RateLimiter,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly workers = 1,
  ) {
    this.own = new MemoryRateLimiter(clock);
  }

  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const wait = await this.asked(shared => shared.consume(rule, ...subject));
    if (wait !== undefined && wait > 0) return wait;
    if (this.inDoubt()) return this.own.consume(divided(rule, 2 * this.workers), ...subject);
    await this.own.consume(rule, ...subject);
    return 0;
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    await this.own.refund(rule, ...subject);
    await this.asked(shared => shared.refund(rule, ...subject));
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    await this.own.reset(...counters);
    await this.asked(shared => shared.reset(...counters));
  }

  /** Undefined while the store is away. */
  private async asked<T>(ask: (shared: RateLimiter) => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask(this.shared);
      if (this.away) this.log.info('limits are shared again');
      this.away = false;
      return answer;
    } catch (error) {
      if (!this.away) this.log.warn('limits are not shared, each process counts for itself', describeError(error));
      this.away = true;
      this.doubtUntil = this.clock.now().getTime() + DISTRUST_PERIOD;
      return undefined;
    }
  }

  private inDoubt(): boolean {
    return this.away || this.clock.now().getTime() < this.doubtUntil;
  }
}
