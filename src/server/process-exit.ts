import { describeError, type Log } from '../core/log.ts';

/** Writes out the log and ends the process. */
export function exitProcess(code: number, log: Log): never {
  log.flush();
  process.exit(code);
}

/** After what nobody foresaw, nothing in memory can be trusted: say it once, and let the supervisor start afresh. */
export function exitOnCrash(log: Log): void {
  const crash = (error: unknown) => {
    log.error('crashed', describeError(error));
    exitProcess(1, log);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

/** What asks a process to stop in order. */
export const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
