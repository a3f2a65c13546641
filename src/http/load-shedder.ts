import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Above this part of busy time the event loop counts as overloaded. */
const MAX_UTILIZATION = 0.5;
const SAMPLE_INTERVAL_MS = 20;
/** Fewer clients cannot overload the server with refusals. */
const MIN_CONNECTIONS = 50;
/** Random, so that delayed clients do not return all at once. */
const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 1500;

const REFUSALS = new Set(['RATE_LIMITED', 'BUSY']);

/**
 * Delays refusals under overload. A refusal takes as much time of the event loop as a `profile` query, so clients that
 * retry at once would slow down signed-in users: docs/decisions/0009 has the figures.
 */
export class LoadShedder {
  private sample = performance.eventLoopUtilization();
  private busy = 0;

  /** `connections` returns the number of open connections. */
  constructor(private readonly connections: () => number) {}

  /** Resolves when a response with this error code may be sent. */
  async delay(code: string): Promise<void> {
    if (REFUSALS.has(code) && this.connections() > MIN_CONNECTIONS && this.isOverloaded())
      await sleep(randomInt(MIN_DELAY_MS, MAX_DELAY_MS));
  }

  private isOverloaded(): boolean {
    const { idle, active, utilization } = performance.eventLoopUtilization(this.sample);
    if (idle + active > SAMPLE_INTERVAL_MS) {
      this.busy = utilization;
      this.sample = performance.eventLoopUtilization();
    }
    return this.busy > MAX_UTILIZATION;
  }
}
