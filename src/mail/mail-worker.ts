import { AsyncResource } from 'node:async_hooks';
import { type Clock, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import type { Options } from '../options.ts';
import type { Database, EntityManager } from '../persistence/database.ts';
import type { MailTemplate } from './mail-template.ts';
import type { Mailer } from './mailer.ts';
import { OutboxMail } from './outbox.entity.ts';

/** What to wait after the first failure, the second …; after the last the mail is given up. */
const RETRIES = [10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
/** How long a mail is one mailWorker's alone: longer than any attempt can take. */
const LEASE_DURATION = 2 * MINUTE;
/** What is due later than any retry was queued before the clock was set back. */
const MAX_RETRY_DELAY = 6 * HOUR;
const BATCH = 20;
const POLL = 5 * SECOND;

interface MailWorkerParts {
  database: Database;
  mailer: Mailer;
  clock: Clock;
  log: Log;
  options: Options;
  templates: readonly MailTemplate[];
}

/** Sends the mails of the outbox: at least once, each attempt under the same Message-ID. */
export class MailWorker {
  private round: Promise<void> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private stopped = false;
  /** Bound to this context: MikroORM would otherwise run it in the transaction of the code that notified. */
  private readonly deliverDetached = AsyncResource.bind(() => void this.deliver().catch(error => this.failed(error)));
  private readonly templates: ReadonlyMap<string, MailTemplate>;
  /** The right half of every Message-ID. */
  private readonly domain: string;

  constructor(private readonly parts: MailWorkerParts) {
    this.templates = new Map(parts.templates.map(template => [template.kind, template]));
    this.domain = new URL(parts.options.publicUrl).hostname;
  }

  /** Looks into the outbox now, and every few seconds. */
  start(): void {
    this.timer = setInterval(() => this.notify(), POLL).unref();
    this.notify();
  }

  /** Looks into the outbox soon. May be called inside a transaction, which the worker does not join. */
  notify(): void {
    if (!this.stopped) setImmediate(this.deliverDetached);
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
  }

  private async deliverDue(): Promise<void> {
    const { database, clock } = this.parts;
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
    const until = new Date(this.parts.clock.now().getTime() + LEASE_DURATION);
    return (await em.nativeUpdate(OutboxMail, { id, dueAt }, { dueAt: until })) === 1;
  }

  private async attempt(em: EntityManager, mail: OutboxMail): Promise<void> {
    const { log, mailer } = this.parts;
    const line = { mail: mail.id, kind: mail.kind, attempt: mail.attempts + 1 };
    try {
      const rendered = await this.render(em, mail);
      const messageId = `<${mail.id}@${this.domain}>`;
      if (rendered) await mailer.send({ messageId, to: rendered.to, ...rendered.message });
      await em.nativeDelete(OutboxMail, { id: mail.id });
      if (rendered) log.info('mail sent', line);
    } catch (error) {
      log.warn('mail not sent', { ...line, ...describeError(error) });
      await this.postpone(em, mail);
    }
  }

  private async render(em: EntityManager, mail: OutboxMail) {
    const template = this.templates.get(mail.kind);
    // Queued by a newer version: another replica will send it, or this one after its upgrade.
    if (!template) throw new UnknownMailKind();
    const { clock, log, options } = this.parts;
    return template.render(mail, { em, clock, log, options });
  }

  private async postpone(em: EntityManager, { id, kind, attempts }: OutboxMail): Promise<void> {
    const wait = RETRIES[attempts];
    const dueAt = wait === undefined ? null : new Date(this.parts.clock.now().getTime() + wait);
    await em.nativeUpdate(OutboxMail, { id }, { attempts: attempts + 1, dueAt });
    if (dueAt === null) this.parts.log.error('mail given up', { mail: id, kind, attempt: attempts + 1 });
  }

  private failed(error: unknown): void {
    this.parts.log.error('outbox not read', describeError(error));
  }
}

/** In two questions: as one it makes an engine read all mails that wait, where a mail server was away for long. */
async function dueMails(em: EntityManager, now: Date): Promise<OutboxMail[]> {
  const first = (dueAt: { $lte: Date } | { $gt: Date }) =>
    em.find(OutboxMail, { dueAt }, { orderBy: { dueAt: 'asc' }, limit: BATCH });
  const due = await first({ $lte: now });
  return due.length > 0 ? due : first({ $gt: new Date(now.getTime() + MAX_RETRY_DELAY) });
}

class UnknownMailKind extends Error {
  override readonly name = 'UnknownMailKind';
}
