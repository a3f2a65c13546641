import { type Clock, DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.ts';

/** A clock that stands still until it is turned. */
export class TestClock implements Clock {
  private time = Date.UTC(2026, 0, 15, 12);

  now(): Date {
    return new Date(this.time);
  }

  advance({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }): void {
    this.time += days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + ms;
  }
}
