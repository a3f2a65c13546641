import { type Clock, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import type { Database, EntityManager } from '../persistence/database.ts';
import type { Mailer } from './mailer.ts';
import { OutboxMail } from './outbox.entity.ts';
import type { Message } from './templates.ts';

/** What to wait after the first failure, the second …; after the last the mail is given up. */
const RETRIES = [10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
/** How long a mail is one mailWorker's alone: longer than any attempt can take. */
const LEASE_DURATION = 2 * MINUTE;
/** What is due later than any retry was queued before the clock was set back. */
const MAX_RETRY_DELAY = 6 * HOUR;
const BATCH = 20;
const POLL = 5 * SECOND;

/** A mail in words, and the stored address that it goes to. */
export interface RenderedMail {
  to: string;
  message: Message;
}

/** Writes the words of a queued mail; nothing where there is nobody to tell, or nothing left to tell them. */
export type MailRenderer = (em: EntityManager, mail: OutboxMail) => Promise<RenderedMail | undefined>;

interface MailWorkerOptions {
  database: Database;
  mailer: Mailer;
  clock: Clock;
  log: Log;
  write: MailRenderer;
  /** The right half of every Message-ID. */
  domain: string;
}

/** Takes mails from the outbox and sends them: at least once, each attempt under the same Message-ID. */
export class MailWorker {
  private round: Promise<void> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(private readonly options: MailWorkerOptions) {}

  /** Looks into the outbox now, and every few seconds. */
  start(): void {
    this.timer = setInterval(() => this.notify(), POLL).unref();
    this.notify();
  }

  /** Looks into the outbox without making anybody wait. */
  notify(): void {
    if (!this.stopped) setImmediate(() => void this.deliver().catch(error => this.failed(error)));
  }

  /** Sends all that is due. Calls that overlap wait for each other. */
  deliver(): Promise<void> {
    const next = this.round.catch(() => {}).then(() => this.deliverDue());
    this.round = next;
    return next;
  }

  /** Finishes the mail in hand; the rest stays in the outbox. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round.catch(() => {});
    this.options.mailer.close();
  }

  private async deliverDue(): Promise<void> {
    const { database, clock } = this.options;
    for (;;) {
      if (this.stopped) return;
      const em = database.orm.em.fork({ useContext: true });
      const due = await dueMails(em, clock.now());
      for (const mail of due) {
        if (this.stopped) return;
        if (await this.lease(em, mail)) await this.attempt(em, mail);
      }
      if (due.length < BATCH) return;
    }
  }

  /** Of several mailWorkers one gets the mail. Should it die with it, the mail is due again when the lease ends. */
  private async lease(em: EntityManager, { id, dueAt }: OutboxMail): Promise<boolean> {
    const until = new Date(this.options.clock.now().getTime() + LEASE_DURATION);
    return (await em.nativeUpdate(OutboxMail, { id, dueAt }, { dueAt: until })) === 1;
  }

  private async attempt(em: EntityManager, mail: OutboxMail): Promise<void> {
    const { log, mailer, write, domain } = this.options;
    const line = { mail: mail.id, kind: mail.kind, attempt: mail.attempts + 1 };
    try {
      const letter = await write(em, mail);
      if (letter) await mailer.send({ messageId: `<${mail.id}@${domain}>`, to: letter.to, ...letter.message });
      await em.nativeDelete(OutboxMail, { id: mail.id });
      if (letter) log.info('mail sent', line);
    } catch (error) {
      log.warn('mail not sent', { ...line, ...describeError(error) });
      await this.postpone(em, mail);
    }
  }

  private async postpone(em: EntityManager, { id, kind, attempts }: OutboxMail): Promise<void> {
    const wait = RETRIES[attempts];
    const dueAt = wait === undefined ? null : new Date(this.options.clock.now().getTime() + wait);
    await em.nativeUpdate(OutboxMail, { id }, { attempts: attempts + 1, dueAt });
    if (dueAt === null) this.options.log.error('mail given up', { mail: id, kind, attempt: attempts + 1 });
  }

  private failed(error: unknown): void {
    this.options.log.error('outbox not read', describeError(error));
  }
}

/** In two questions: as one it makes an engine read all mails that wait, where a mail server was away for long. */
async function dueMails(em: EntityManager, now: Date): Promise<OutboxMail[]> {
  const first = (dueAt: { $lte: Date } | { $gt: Date }) =>
    em.find(OutboxMail, { dueAt }, { orderBy: { dueAt: 'asc' }, limit: BATCH });
  const due = await first({ $lte: now });
  return due.length > 0 ? due : first({ $gt: new Date(now.getTime() + MAX_RETRY_DELAY) });
}
