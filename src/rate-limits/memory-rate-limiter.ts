import type { Clock } from '../core/clock.ts';
import { type CounterRef, keyOf, keysOf, type RateLimiter, type RateLimitRule } from './database-rate-limiter.ts';

interface Counter {
  hits: number;
  blockedUntil: number;
  resetsAt: number;
}

/** An attacker makes a counter with each guess; past so many the oldest goes, so that memory stays bounded. */
const MAX_COUNTERS = 100_000;

/** Counts in this process alone, and forgets when it ends. */
export class MemoryRateLimiter implements RateLimiter {
  private readonly counters = new Map<string, Counter>();

  constructor(private readonly clock: Clock) {}

  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const { limit, window, sliding = false, delayFrom = limit } = rule;
    const key = keyOf(rule, subject);
    const now = this.clock.now().getTime();
    const counter = this.counterOf(key, now + window, now);
    // The clock was set back since.
    if (counter.blockedUntil > now + window) counter.blockedUntil = counter.resetsAt = now + window;
    if (counter.blockedUntil > now) return counter.blockedUntil - now;
    // It may have been counted under larger numbers than are asked for now.
    if (counter.hits >= limit) return counter.resetsAt - now;

    counter.hits += 1;
    if (sliding) counter.resetsAt = now + window;
    if (counter.hits >= limit) counter.blockedUntil = counter.resetsAt;
    else if (counter.hits >= delayFrom) counter.blockedUntil = now + 1000 * 2 ** (counter.hits - delayFrom);
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

  private counterOf(key: string, resetsAt: number, now: number): Counter {
    const known = this.counters.get(key);
    if (known && known.resetsAt > now) return known;

    const counter = { hits: 0, blockedUntil: 0, resetsAt };
    this.counters.delete(key);
    this.counters.set(key, counter);
    if (this.counters.size > MAX_COUNTERS) this.counters.delete(this.counters.keys().next().value as string);
    return counter;
  }
}
