import { Tokens } from '../auth/tokens.ts';
import { User } from '../auth/user.entity.ts';
import type { Config } from '../config.ts';
import type { Database, EntityManager } from '../database.ts';
import { describe, type Log } from '../log.ts';
import { type Clock, HOUR, MINUTE, SECOND } from '../ports/clock.ts';
import type { Mail, Mailer } from '../ports/mailer.ts';
import { type Message, passwordChanged, resetPassword } from './messages.ts';
import { OutboxMail } from './outbox.entity.ts';

/** What to wait after the first failure, the second …; after the last the mail is given up. */
const RETRIES = [10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
/** How long a mail is one courier's alone: longer than any attempt can take. */
const LEASE = 2 * MINUTE;
const BATCH = 20;
const POLL = 5 * SECOND;

interface CourierOptions {
  database: Database;
  mailer: Mailer;
  clock: Clock;
  config: Config;
  log: Log;
}

/** Takes mails from the outbox and sends them: at least once, each attempt under the same Message-ID. */
export class Courier {
  private round: Promise<void> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(private readonly options: CourierOptions) {}

  /** Looks into the outbox now, and every few seconds. */
  start(): void {
    this.timer = setInterval(() => this.wake(), POLL).unref();
    this.wake();
  }

  /** Looks into the outbox without making anybody wait. */
  wake(): void {
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
      const due = await em.find(
        OutboxMail,
        { dueAt: { $lte: clock.now() } },
        { orderBy: { dueAt: 'asc' }, limit: BATCH },
      );
      for (const mail of due) {
        if (this.stopped) return;
        if (await this.lease(em, mail)) await this.attempt(em, mail);
      }
      if (due.length < BATCH) return;
    }
  }

  /** Of several couriers one gets the mail. Should it die with it, the mail is due again when the lease ends. */
  private async lease(em: EntityManager, { id, dueAt }: OutboxMail): Promise<boolean> {
    const until = new Date(this.options.clock.now().getTime() + LEASE);
    return (await em.nativeUpdate(OutboxMail, { id, dueAt }, { dueAt: until })) === 1;
  }

  private async attempt(em: EntityManager, row: OutboxMail): Promise<void> {
    const { log, mailer } = this.options;
    try {
      const mail = await this.compose(em, row);
      if (mail) await mailer.send(mail);
      await em.nativeDelete(OutboxMail, { id: row.id });
      if (mail) log.info('mail sent', { mail: row.id, kind: row.kind, attempt: row.attempts + 1 });
    } catch (error) {
      await this.postpone(em, row);
      log.warn('mail not sent', { mail: row.id, kind: row.kind, attempt: row.attempts + 1, ...describe(error) });
    }
  }

  private async postpone(em: EntityManager, { id, kind, attempts }: OutboxMail): Promise<void> {
    const wait = RETRIES[attempts];
    const dueAt = wait === undefined ? null : new Date(this.options.clock.now().getTime() + wait);
    await em.nativeUpdate(OutboxMail, { id }, { attempts: attempts + 1, dueAt });
    if (dueAt === null) this.options.log.error('mail given up', { mail: id, kind, attempt: attempts + 1 });
  }

  /** The mail to send, or nothing where there is nobody to tell, or nothing left to tell them. */
  private async compose(em: EntityManager, row: OutboxMail): Promise<Mail | undefined> {
    switch (row.kind) {
      case 'reset-password':
        return this.composeReset(em, row);
      case 'password-changed':
        return this.address(row, row.address, passwordChanged({ at: row.createdAt }));
    }
  }

  /**
   * Only here is it looked up whether anybody has the address, so that asking is the same for all. The token is made
   * here as well, so that it is in the mail and, hashed, in its table: nowhere else.
   */
  private async composeReset(em: EntityManager, row: OutboxMail): Promise<Mail | undefined> {
    const { clock, config } = this.options;
    const { lifetime } = config.resetToken;
    if (clock.now().getTime() >= row.createdAt.getTime() + lifetime) return undefined;
    const user = await em.findOne(User, { canonicalEmail: row.address });
    if (!user) return undefined;

    const token = await new Tokens(em, clock).issue(user, 'reset-password', lifetime);
    await em.flush();
    const link = `${config.appUrl}/reset-password?token=${token}`;
    return this.address(row, user.email, resetPassword({ link, minutes: Math.round(lifetime / MINUTE) }));
  }

  private address({ id }: OutboxMail, to: string, message: Message): Mail {
    return { messageId: `<${id}@${new URL(this.options.config.publicUrl).hostname}>`, to, ...message };
  }

  private failed(error: unknown): void {
    this.options.log.error('outbox not read', describe(error));
  }
}
