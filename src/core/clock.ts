/** Time comes in from outside, so that a test can turn it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How far the clocks of two machines may be apart. What is from later than that was written before a clock was set back. */
export const CLOCK_SKEW = 5 * MINUTE;
