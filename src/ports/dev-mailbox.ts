import type { Clock } from './clock.ts';
import type { Mail, Mailer } from './mailer.ts';

export interface DevMail extends Mail {
  date: Date;
}

const KEPT = 200;

/** Keeps mails in memory instead of sending them, for a developer's machine and for tests. */
export class DevMailbox implements Mailer {
  /** Newest first. */
  readonly mails: DevMail[] = [];

  constructor(private readonly clock: Clock) {}

  async send(mail: Mail): Promise<void> {
    this.mails.unshift({ ...mail, date: this.clock.now() });
    this.mails.length = Math.min(this.mails.length, KEPT);
  }

  close(): void {}
}
