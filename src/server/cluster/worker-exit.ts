import type { Log } from '../../core/log.ts';
import type { WorkerMessage } from './messages.ts';

/** How a worker ended. */
export interface WorkerExit {
  worker: number;
  pid?: number;
  /** It handled requests. */
  wasReady: boolean;
  failure?: Extract<WorkerMessage, { type: 'failed' }>;
  exitCode?: number;
  signal?: NodeJS.Signals;
}

export function logExit(log: Log, { worker, pid, wasReady, failure, exitCode, signal }: WorkerExit): void {
  if (failure) log.error('worker failed to start', { worker, pid, ...failure.error });
  else if (wasReady && exitCode === 0) log.info('worker stopped', { worker, pid });
  else log.error('worker crashed', { worker, pid, exitCode, signal });
}

/** Why no worker could start, in the words that a single process would use. */
export const startupFailure = ({ failure, exitCode, signal }: WorkerExit): string =>
  failure?.message ?? `a worker ended before it was ready (${signal ?? `exit code ${exitCode ?? 'unknown'}`}).`;
