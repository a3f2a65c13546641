import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { JsonObject } from '../persistence/json-text.ts';
import type { MailTexts, MailValues } from './mail-text.ts';

/** A mail in the outbox. It holds no secret: the token of a link is created when the mail is sent. */
export interface QueuedMail {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly payload: JsonObject | null;
  readonly createdAt: Date;
}

/** What a mail is filled with, and the address it goes to. */
interface PreparedMail {
  to: string;
  /** BCP 47 tag of the recipient's language. */
  locale: string | null;
  values: MailValues;
}

/** What a template may use while it renders. */
export interface MailScope {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: Options;
}

/** One kind of mail. A feature registers its templates. */
export interface MailTemplate {
  /** Stored with the queued mail; never changed once mails of this kind can be in an outbox. */
  readonly kind: string;
  readonly texts: MailTexts;
  /** Prepares a queued mail when it is sent; undefined when there is no recipient, or the mail is obsolete. */
  prepare(mail: QueuedMail, scope: MailScope): Promise<PreparedMail | undefined>;
}
