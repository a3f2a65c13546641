import { setFlagsFromString } from 'node:v8';

const FLAG = '--max-semi-space-size';
/**
 * Per semi-space. V8's default grows to 64 MB on a large machine. Objects of a request live for milliseconds: beyond 8 MB
 * there is no gain, only longer pauses and 90 MB more memory (docs/decisions/0017).
 */
const MAX_SEMI_SPACE_MB = 8;

/**
 * Restarts the process with a bound on V8's young generation, which has to be set at the start; `execve` keeps the
 * process id. Does nothing when a bound is set already, when the system has no `execve`, or when a parent process is
 * connected by IPC, whose messages would be lost: the service then only needs more memory.
 */
export function boundYoungGeneration(): void {
  const chosen = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some(option => option.includes(FLAG));
  if (chosen || process.channel || process.execve === undefined) return;
  const command = [process.execPath, `${FLAG}=${MAX_SEMI_SPACE_MB}`, ...process.execArgv, ...process.argv.slice(1)];
  try {
    process.execve(process.execPath, command, process.env);
  } catch {}
}

/**
 * Keeps V8's young generation small while the service starts: the garbage of the startup would let it grow to its
 * bound, and it rarely shrinks again, which costs an idle service ten megabytes.
 */
export async function withSmallYoungGeneration<T>(start: () => Promise<T>): Promise<T> {
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    return await start();
  } finally {
    // V8's default.
    setFlagsFromString('--semi-space-growth-factor=2');
  }
}
