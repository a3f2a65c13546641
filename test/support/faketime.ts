import { globSync } from 'node:fs';
import type { Environment } from '../../src/settings.ts';

/** Has a process read what time it is from a file: `+0`, `+25m`, `-1d`. How long things take stays as it is. */
export const faketime = (file: string): Environment => ({
  LD_PRELOAD: libfaketime(),
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_NO_CACHE: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});

/** Has a process live that many times as fast, its timers as well. */
export const haste = (factor: number): Environment => ({ LD_PRELOAD: libfaketime(), FAKETIME: `+0 x${factor}` });

function libfaketime(): string {
  const [path] = globSync('/usr/lib/{*/,}faketime/libfaketime.so.1');
  if (!path) throw new Error('libfaketime is missing; install the Debian package libfaketime');
  return path;
}
