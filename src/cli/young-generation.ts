import { setFlagsFromString } from 'node:v8';

const FLAG = '--max-semi-space-size';
/**
 * In megabytes, of each half. V8's own choice grows to 64 on a large machine. What a request leaves behind is dead
 * within milliseconds: past 8 nothing is won but longer pauses and 90 MB in memory. docs/decisions/0017.
 */
const MOST = 8;

/**
 * Starts the process over with V8's young generation bounded, which cannot be done later: the same process, by another
 * program. Returns where that was done, or where somebody has chosen a bound; and where the system has no such thing,
 * or a parent talks to this process, whose words would be lost: there the service only takes more memory.
 */
export function boundYoungGeneration(): void {
  const chosen = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some(option => option.includes(FLAG));
  if (chosen || process.channel || process.execve === undefined) return;
  const command = [process.execPath, `${FLAG}=${MOST}`, ...process.execArgv, ...process.argv.slice(1)];
  try {
    process.execve(process.execPath, command, process.env);
  } catch {}
}

/**
 * What a start throws away would make V8's young generation grow to its largest, and it hardly ever shrinks again: ten
 * megabytes of a service that has nothing to do. So it may not grow until all is loaded; load makes it grow.
 */
export async function leanStart<T>(start: () => Promise<T>): Promise<T> {
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    return await start();
  } finally {
    // V8's own.
    setFlagsFromString('--semi-space-growth-factor=2');
  }
}
