import { globSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../../src/options/environment.ts';

/** A wall clock for one process that can be set while the process runs. Timers are unaffected, as with a real clock change. */
export class MachineClock {
  readonly environment: Environment;
  private readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, 'clock');
    this.set('+0');
    this.environment = {
      LD_PRELOAD: libfaketime(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Sets the offset from real time: seconds, or with a unit as in `-2d`. */
  set(offset: string): void {
    // Written atomically, because a partial line would be a different time.
    writeFileSync(`${this.file}.new`, `${offset}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Environment of a process whose clock and timers run `factor` times as fast. */
export const acceleratedClock = (factor: number): Environment => ({
  LD_PRELOAD: libfaketime(),
  FAKETIME: `+0 x${factor}`,
});

/** LIBFAKETIME sets the path of the library when it is not in a standard location. */
function libfaketime(): string {
  const path = process.env.LIBFAKETIME ?? globSync('/usr/lib{,64}/{*/,}faketime/libfaketime.so.1')[0];
  if (!path) throw new Error('no libfaketime found; install it, or set LIBFAKETIME to the path of libfaketime.so.1');
  return path;
}
