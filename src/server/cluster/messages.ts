import type { LogFields } from '../../core/log.ts';
import type { DevMail } from '../../mail/dev-mailbox.ts';
import type { Options } from '../../options.ts';

/** What the primary tells a worker. */
export type PrimaryMessage =
  /** With the settings as the primary read them, once: a worker that comes later has the same as the others. */
  | { order: 'listen'; options: Options; port: number; worker: number }
  /** With the mails that are in the dev mailbox already, newest first. */
  | { order: 'open'; mails: readonly DevMail[] }
  /** A mail that another worker would have sent. */
  | { order: 'keep'; mail: DevMail }
  /** So many more connections than the others has it in use, or none. */
  | { order: 'even out'; surplus: number }
  | { order: 'stop' };

/** What a worker tells the primary. */
export type WorkerMessage =
  | { report: 'listening'; port: number }
  | { report: 'ready' }
  /** It cannot start; the sentence is for the operator. */
  | { report: 'refused'; sentence: string; fault: Pick<LogFields, 'error' | 'at'> }
  | { report: 'kept'; mail: DevMail }
  /** So many connections were in use since it said so the last time. */
  | { report: 'in use'; connections: number };
