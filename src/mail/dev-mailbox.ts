import type { Clock } from '../core/clock.ts';
import type { Mail, Mailer } from './mailer.ts';

export interface DevMail extends Mail {
  date: Date;
}

const KEPT = 200;

/** Keeps mails in memory instead of sending them, for a developer's machine and for tests. */
export class DevMailbox implements Mailer {
  /** Newest first. */
  readonly mails: DevMail[] = [];

  /** `share` is told of each mail, where other processes show the same mailbox. */
  constructor(
    private readonly clock: Clock,
    private readonly share: (mail: DevMail) => void = () => {},
  ) {}

  async send(mail: Mail): Promise<void> {
    const dated = { ...mail, date: this.clock.now() };
    this.keep(dated);
    this.share(dated);
  }

  /** Takes in a mail that another process has shared. */
  keep(mail: DevMail): void {
    this.mails.unshift(mail);
    this.mails.length = Math.min(this.mails.length, KEPT);
  }

  close(): void {}
}
