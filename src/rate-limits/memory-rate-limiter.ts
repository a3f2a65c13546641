import { LRUCache } from 'lru-cache';
import { type Clock, SECOND } from '../core/clock.ts';
import { type CounterRef, keyOf, keysOf, type RateLimiter, type RateLimitRule } from './rate-limiter.ts';

/**
 * An attacker creates a counter with each guess. Beyond this the least recently used is dropped, so that memory stays
 * bounded.
 */
const MAX_COUNTERS = 100_000;

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
