import type { Clock } from '../core/clock.ts';
import type { Mail, Mailer } from './mailer.ts';

/** A mail that was not sent. */
export interface DevMail extends Mail {
  /** When it would have been sent. */
  date: Date;
}

const MAX_MAILS = 200;

/** Keeps the last 200 mails in memory instead of sending them, for development and tests. */
export class DevMailbox implements Mailer {
  /** Newest first. */
  readonly mails: DevMail[] = [];

  /** `share` passes each mail to the other processes that show the same mailbox. */
  constructor(
    private readonly clock: Clock,
    private readonly share: (mail: DevMail) => void = () => {},
  ) {}

  async send(mail: Mail): Promise<void> {
    const dated = { ...mail, date: this.clock.now() };
    this.keep(dated);
    this.share(dated);
  }

  /** Adds a mail that another process has shared. */
  keep(mail: DevMail): void {
    this.mails.unshift(mail);
    this.mails.length = Math.min(this.mails.length, MAX_MAILS);
  }

  close(): void {}
}
