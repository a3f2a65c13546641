import { type Clock, HOUR } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';
import type { CounterRef, RateLimiter, RateLimitRule, SharedRateLimiter } from './rate-limiter.ts';

/** After an interruption the store may have lost its counters: for this long both counters must allow an attempt. */
const DISTRUST_PERIOD = HOUR;

interface FallbackParts {
  shared: SharedRateLimiter;
  /** Name of the shared store in log lines. */
  store: string;
  clock: Clock;
  log: Log;
  /** Processes of this replica. */
  workers: number;
}

/**
 * Counts in a shared store and, in parallel, in this process. While the store is unreachable the process decides alone,
 * at half the limits divided by its workers (at least 1), since every replica counts separately then. An outage neither
 * allows more attempts nor locks users out (docs/decisions/0005).
 */
export class FallbackRateLimiter implements RateLimiter {
  private readonly local: MemoryRateLimiter;
  private unreachable = false;
  private distrustedUntil = 0;

  constructor(private readonly parts: FallbackParts) {
    this.local = new MemoryRateLimiter(parts.clock);
    parts.shared.onInterruption(error => this.distrust(error));
  }

  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const wait = await this.tryShared(shared => shared.consume(rule, ...subject));
    if (wait !== undefined && wait > 0) return wait;
    if (this.isDistrusted()) return this.local.consume(divided(rule, 2 * this.parts.workers), ...subject);
    await this.local.consume(rule, ...subject);
    return 0;
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    await this.local.refund(rule, ...subject);
    await this.tryShared(shared => shared.refund(rule, ...subject));
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    await this.local.reset(...counters);
    await this.tryShared(shared => shared.reset(...counters));
  }

  /** Undefined when the store fails. */
  private async tryShared<T>(use: (shared: RateLimiter) => Promise<T>): Promise<T | undefined> {
    const { shared, store, log } = this.parts;
    try {
      const result = await use(shared);
      if (this.unreachable) log.info(`rate limits: ${store} is reachable again`);
      this.unreachable = false;
      return result;
    } catch (error) {
      this.distrust(error);
      return undefined;
    }
  }

  private distrust(error: unknown): void {
    const { store, clock, log } = this.parts;
    if (!this.unreachable) log.warn(`rate limits: ${store} is unreachable, counting per process`, describeError(error));
    this.unreachable = true;
    this.distrustedUntil = clock.now().getTime() + DISTRUST_PERIOD;
  }

  private isDistrusted(): boolean {
    return this.unreachable || this.parts.clock.now().getTime() < this.distrustedUntil;
  }
}

function divided(rule: RateLimitRule, divisor: number): RateLimitRule {
  const part = (number: number) => Math.max(1, Math.floor(number / divisor));
  return { ...rule, limit: part(rule.limit), ...(rule.delayFrom && { delayFrom: part(rule.delayFrom) }) };
}
