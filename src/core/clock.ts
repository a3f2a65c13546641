/** The source of the time, which tests replace. */
export interface Clock {
  now(): Date;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date() };

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * Tolerated difference between the clocks of two machines, in milliseconds. A timestamp further in the future was written
 * before a clock was set back.
 */
export const CLOCK_SKEW = 5 * MINUTE;
