import { LRUCache } from 'lru-cache';
import { type Clock, HOUR, SECOND } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import { type CounterRef, keyOf, keysOf, type RateLimiter, type RateLimitRule } from './rate-limiter.ts';

/** After an interruption the store may have lost its counters: for this long both counters must allow an attempt. */
const DISTRUST_PERIOD = HOUR;
/**
 * An attacker creates a counter with each guess. Beyond this the least recently used is dropped, so that memory stays
 * bounded.
 */
const MAX_COUNTERS = 100_000;

interface FallbackParts {
  shared: RateLimiter;
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
    const { shared, store, clock, log } = this.parts;
    try {
      const result = await use(shared);
      if (this.unreachable) log.info(`rate limits: ${store} is reachable again`);
      this.unreachable = false;
      return result;
    } catch (error) {
      if (!this.unreachable)
        log.warn(`rate limits: ${store} is unreachable, counting per process`, describeError(error));
      this.unreachable = true;
      this.distrustedUntil = clock.now().getTime() + DISTRUST_PERIOD;
      return undefined;
    }
  }

  private isDistrusted(): boolean {
    return this.unreachable || this.parts.clock.now().getTime() < this.distrustedUntil;
  }
}

function divided(rule: RateLimitRule, divisor: number): RateLimitRule {
  const part = (number: number) => Math.max(1, Math.floor(number / divisor));
  return { ...rule, limit: part(rule.limit), ...(rule.delayFrom && { delayFrom: part(rule.delayFrom) }) };
}

interface Counter {
  hits: number;
  blockedUntil: number;
  resetsAt: number;
}

/** Counts in the memory of this process. */
export class MemoryRateLimiter implements RateLimiter {
  private readonly counters = new LRUCache<string, Counter>({ max: MAX_COUNTERS });

  constructor(private readonly clock: Clock) {}

  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const { limit, window, sliding = false, delayFrom = limit } = rule;
    const now = this.clock.now().getTime();
    const counter = this.activeCounter(keyOf(rule, subject), now + window, now);
    // After the clock was set back, a block lasts one window at most.
    if (counter.blockedUntil > now + window) counter.blockedUntil = counter.resetsAt = now + window;
    if (counter.blockedUntil > now) return counter.blockedUntil - now;
    // The attempts may have been counted under higher limits, before the shared store became unreachable.
    if (counter.hits >= limit) return counter.resetsAt - now;

    counter.hits += 1;
    if (sliding) counter.resetsAt = now + window;
    if (counter.hits >= limit) counter.blockedUntil = counter.resetsAt;
    else if (counter.hits >= delayFrom) counter.blockedUntil = now + SECOND * 2 ** (counter.hits - delayFrom);
    return 0;
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    const counter = this.counters.get(keyOf(rule, subject));
    if (!counter || counter.hits === 0) return;
    counter.hits -= 1;
    counter.blockedUntil = 0;
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    for (const key of keysOf(counters)) this.counters.delete(key);
  }

  private activeCounter(key: string, resetsAt: number, now: number): Counter {
    const existing = this.counters.get(key);
    if (existing && existing.resetsAt > now) return existing;

    const counter = { hits: 0, blockedUntil: 0, resetsAt };
    this.counters.set(key, counter);
    return counter;
  }
}
