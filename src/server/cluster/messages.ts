import type { LogFields } from '../../core/log.ts';
import type { DevMail } from '../../mail/dev-mailbox.ts';
import type { Options } from '../../options.ts';

/** From the primary to a worker. */
export type PrimaryMessage =
  /** Carries the options, so that a worker that starts later has the same as the others. */
  | { type: 'listen'; options: Options; worker: number }
  /** Carries the mails that are already in the dev mailbox, newest first. */
  | { type: 'open'; mails: readonly DevMail[] }
  /** A dev mail of another worker. */
  | { type: 'mail'; mail: DevMail }
  /** `excess`: connections of the worker beyond its fair share, which it closes. 0 when it has none. */
  | { type: 'rebalance'; excess: number }
  | { type: 'stop' };

/** From a worker to the primary. */
export type WorkerMessage =
  | { type: 'listening'; port: number }
  | { type: 'ready' }
  /** Connections that had a request since the last report. */
  | { type: 'load'; connections: number }
  /** The worker cannot start. `message` is for the operator. */
  | { type: 'failed'; message: string; error: Pick<LogFields, 'error' | 'at'> }
  | { type: 'mail'; mail: DevMail };
