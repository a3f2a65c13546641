import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

/** The part of its time that the event loop is busy, past which refusals give way, and milliseconds between two looks. */
const SHORT_OF_TIME = 0.5;
const LOOK = 20;
/** Connections. Fewer clients than that cannot do much harm, and may well be somebody's tests. */
const MANY = 50;
/** Milliseconds. Not alike for all, or those who were sent away together would come back together. */
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 1500;

const TRY_LATER = new Set(['RATE_LIMITED', 'BUSY']);

/**
 * A refusal takes as much of the one event loop as who-am-I does. Clients that come back at once for the next one would
 * leave little of it to those who are signed in: so while there are many and the loop is short of time, "try later" is
 * said later.
 */
export class LoadShedder {
  private utilization = performance.eventLoopUtilization();
  private lookedAt = performance.now();
  private busy = 0;

  /** `connections`: how many are open. */
  constructor(private readonly connections: () => number) {}

  /** For the way to an answer of this code. */
  async delay(code: string): Promise<void> {
    if (TRY_LATER.has(code) && this.connections() > MANY && this.isShortOfTime())
      await wait(randomInt(SHORTEST_WAIT, LONGEST_WAIT));
  }

  private isShortOfTime(): boolean {
    const now = performance.now();
    if (now - this.lookedAt > LOOK) {
      const utilization = performance.eventLoopUtilization();
      this.busy = performance.eventLoopUtilization(utilization, this.utilization).utilization;
      this.utilization = utilization;
      this.lookedAt = now;
    }
    return this.busy > SHORT_OF_TIME;
  }
}
