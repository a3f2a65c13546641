import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import { PeriodicTask } from '../core/periodic-task.ts';
import type { Options } from '../options.ts';
import type { Database, EntityManager } from '../persistence/database.ts';
import { compose } from './compose.ts';
import { LAYOUT } from './layout.ts';
import type { MailTemplate } from './mail-template.ts';
import type { Mail, Mailer } from './mailer.ts';
import { OutboxMail } from './outbox.entity.ts';

/** Delays after the first failure, the second, and so on. After the last one the mail is given up. */
const RETRY_DELAYS = [10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
/** How long one worker owns a mail: longer than the longest attempt. */
const LEASE_DURATION = 2 * MINUTE;
/** A mail that is due later than this was queued before the clock was set back. It is sent now. */
const MAX_RETRY_DELAY = 6 * HOUR;
const BATCH_SIZE = 20;
const POLL_INTERVAL = 5 * SECOND;
/** A mail server that does not respond must not delay the stop. The mail is sent again when its lease ends. */
const STOP_TIMEOUT = 3 * SECOND;

interface MailWorkerParts {
  database: Database;
  mailer: Mailer;
  clock: Clock;
  log: Log;
  options: Options;
  templates: readonly MailTemplate[];
  /** The HTML around the words of every mail; LAYOUT by default. */
  layout?: string;
}

/** Sends the mails of the outbox: at least once, each attempt under the same Message-ID. */
export class MailWorker {
  private readonly task = new PeriodicTask(
    () => this.deliverDue(),
    error => this.parts.log.error('mail: the outbox cannot be read or written', describeError(error)),
  );
  private readonly templates: ReadonlyMap<string, MailTemplate>;
  /** The right half of every Message-ID. */
  private readonly domain: string;
  /** The last line of every mail. */
  private readonly service: string;

  constructor(private readonly parts: MailWorkerParts) {
    this.templates = new Map(parts.templates.map(template => [template.kind, template]));
    this.domain = new URL(parts.options.publicUrl).hostname;
    const { appUrl, brandName } = parts.options;
    this.service = [brandName, new URL(appUrl).host].filter(Boolean).join(' · ');
  }

  /** Checks the outbox now and every few seconds. */
  start(): void {
    this.task.start(POLL_INTERVAL);
    this.notify();
  }

  /** Checks the outbox soon. May be called inside a transaction, which the worker does not join. */
  notify(): void {
    this.task.notify();
  }

  /** Sends all due mails. Overlapping calls run one after the other. */
  deliver(): Promise<void> {
    return this.task.run(() => this.deliverDue());
  }

  /** Finishes the current mail if the mail server responds in time; the others stay in the outbox. */
  async stop(): Promise<void> {
    await Promise.race([this.task.stop(), sleep(STOP_TIMEOUT, undefined, { ref: false })]);
  }

  private async deliverDue(): Promise<void> {
    const { database, clock } = this.parts;
    for (;;) {
      if (this.task.stopped) return;
      const em = database.orm.em.fork({ useContext: true });
      const due = await dueMails(em, clock.now());
      for (const mail of due) {
        if (this.task.stopped) return;
        if (await this.lease(em, mail)) await this.attempt(em, mail);
      }
      if (due.length < BATCH_SIZE) return;
    }
  }

  /** One of several workers gets the mail. If that worker dies, the mail is due again when the lease ends. */
  private async lease(em: EntityManager, { id, dueAt }: OutboxMail): Promise<boolean> {
    const until = new Date(this.parts.clock.now().getTime() + LEASE_DURATION);
    return (await em.nativeUpdate(OutboxMail, { id, dueAt }, { dueAt: until })) === 1;
  }

  private async attempt(em: EntityManager, mail: OutboxMail): Promise<void> {
    const { log, mailer } = this.parts;
    const line = { mail: mail.id, kind: mail.kind, attempt: mail.attempts + 1 };
    let rendered: Mail | undefined;
    try {
      rendered = await this.render(em, mail);
      if (rendered) await mailer.send(rendered);
    } catch (error) {
      log.warn('mail not sent', { ...line, host: mailer.host, ...describeError(error) });
      return this.postpone(em, mail);
    }
    // If this fails, the mail is sent again when its lease ends.
    await em.nativeDelete(OutboxMail, { id: mail.id });
    if (rendered) log.info('mail sent', line);
  }

  private async render(em: EntityManager, mail: OutboxMail): Promise<Mail | undefined> {
    const template = this.templates.get(mail.kind);
    // Queued by a newer version: another replica will send it, or this one after its upgrade.
    if (!template) throw new UnknownMailKind();
    const { clock, log, options, layout = LAYOUT } = this.parts;
    const prepared = await template.prepare(mail, { em, clock, log, options });
    if (!prepared) return undefined;
    const { to, locale, values } = prepared;
    return {
      messageId: `<${mail.id}@${this.domain}>`,
      to,
      ...compose({ texts: template.texts, locale, values, layout, service: this.service, color: options.brandColor }),
    };
  }

  private async postpone(em: EntityManager, { id, kind, attempts }: OutboxMail): Promise<void> {
    const delay = RETRY_DELAYS[attempts];
    const dueAt = delay === undefined ? null : new Date(this.parts.clock.now().getTime() + delay);
    await em.nativeUpdate(OutboxMail, { id }, { attempts: attempts + 1, dueAt });
    const { log, mailer } = this.parts;
    if (dueAt === null) log.error('mail given up', { mail: id, kind, attempt: attempts + 1, host: mailer.host });
  }
}

/** Two queries: combined with `or`, an engine reads every waiting mail after a long outage of the mail server. */
async function dueMails(em: EntityManager, now: Date): Promise<OutboxMail[]> {
  const first = (dueAt: { $lte: Date } | { $gt: Date }) =>
    em.find(OutboxMail, { dueAt }, { orderBy: { dueAt: 'asc' }, limit: BATCH_SIZE });
  const due = await first({ $lte: now });
  return due.length > 0 ? due : first({ $gt: new Date(now.getTime() + MAX_RETRY_DELAY) });
}

class UnknownMailKind extends Error {
  override readonly name = 'UnknownMailKind';
}
