import { describeError, type Log } from '../core/log.ts';

/** Writes out the log, then ends the process. */
export async function exitProcess(code: number, log: Log): Promise<never> {
  await log.flush?.();
  process.exit(code);
}

/** After an uncaught error the state in memory cannot be trusted: log it and let the supervisor restart the process. */
export function exitOnCrash(log: Log): void {
  const crash = (error: unknown) => {
    log.error('crashed', describeError(error));
    void exitProcess(1, log);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

/** Signals that request a graceful shutdown. */
export const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
