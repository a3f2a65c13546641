import { createHash } from 'node:crypto';

/** How often something may be attempted. Rules are data: a feature defines its own. */
export interface RateLimitRule {
  /** Part of the stored key: a renamed rule starts counting from zero. */
  name: string;
  /** Attempts in a window. */
  limit: number;
  /** Length of the window in milliseconds. */
  window: number;
  /** True: each attempt restarts the window, so that only a whole window without attempts resets the counter. */
  sliding?: boolean;
  /** From this attempt on, the next one is delayed: by one second, then two, four, eight … */
  delayFrom?: number;
}

/** One counter: a rule and what it is counted for. */
export type CounterRef = [rule: RateLimitRule, ...subject: string[]];

/**
 * Counts attempts. An attempt is counted before it is made, atomically, so that parallel requests cannot exceed a
 * limit.
 */
export interface RateLimiter {
  /** Counts an attempt. Returns 0, or the milliseconds to wait when the limit is reached. */
  consume(rule: RateLimitRule, ...subject: string[]): Promise<number>;
  /** Takes one counted attempt back, and ends a delay or block. */
  refund(rule: RateLimitRule, ...subject: string[]): Promise<void>;
  /** Sets these counters to zero. */
  reset(...counters: CounterRef[]): Promise<void>;
}

/** Counts for all replicas, in a store that can be unreachable. */
export interface SharedRateLimiter extends RateLimiter {
  /** Calls the listener whenever the connection is lost: the store may have lost its counters. */
  onInterruption(listener: (error: unknown) => void): void;
}

/** A hash, so that the store holds no addresses in clear text and the length of a subject does not matter. */
export const keyOf = (rule: RateLimitRule, subject: string[]) =>
  createHash('sha256')
    .update(JSON.stringify([rule.name, ...subject]))
    .digest('hex');

/** Sorted, so that two transactions that reset the same counters cannot deadlock. */
export const keysOf = (counters: CounterRef[]) => counters.map(([rule, ...subject]) => keyOf(rule, subject)).sort();

/** Allows every attempt: for measurements, on loopback only. */
export const unlimited: RateLimiter = {
  consume: async () => 0,
  refund: async () => {},
  reset: async () => {},
};
