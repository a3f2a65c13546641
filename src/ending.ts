import { describe, type Log } from './log.ts';

/** Writes out the log and ends the process. */
export function end(code: number, log: Log): never {
  log.flush();
  process.exit(code);
}

/** After what nobody foresaw, nothing in memory can be trusted: say it once, and let the supervisor start afresh. */
export function endOnCrash(log: Log): void {
  const crash = (error: unknown) => {
    log.error('crashed', describe(error));
    end(1, log);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

/** What asks a process to stop in order. */
export const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
