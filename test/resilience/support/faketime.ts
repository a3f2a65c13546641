import { globSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../../src/options/environment.ts';

/** The clock of a machine, for a process of its own: it may be set while the process runs. Timers are left alone, as they are by the real one. */
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

  /** How far from the real time it is from now on: seconds, or with a unit as in `-2d`. */
  set(offset: string): void {
    // In one step: half a line would be another time.
    writeFileSync(`${this.file}.new`, `${offset}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Has a process live that many times as fast, its timers as well. */
export const haste = (factor: number): Environment => ({ LD_PRELOAD: libfaketime(), FAKETIME: `+0 x${factor}` });

/** LIBFAKETIME names it where it is in no usual place. */
function libfaketime(): string {
  const path = process.env.LIBFAKETIME ?? globSync('/usr/lib{,64}/{*/,}faketime/libfaketime.so.1')[0];
  if (!path) throw new Error('no libfaketime found; install it, or set LIBFAKETIME to the path of libfaketime.so.1');
  return path;
}
