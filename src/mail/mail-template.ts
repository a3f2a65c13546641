import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { JsonObject } from '../persistence/json-text.ts';
import type { Message } from './templates.ts';

/** A mail in the outbox. It holds no secret: the token of a link is created when the mail is sent. */
interface QueuedMail {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly payload: JsonObject | null;
  readonly createdAt: Date;
}

/** A rendered mail and the address it goes to. */
interface RenderedMail {
  to: string;
  message: Message;
}

/** What a template may use while it renders. */
interface MailScope {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: Options;
}

/** One kind of mail. A feature registers its templates. */
export interface MailTemplate {
  /** Stored with the queued mail; never changed once mails of this kind can be in an outbox. */
  readonly kind: string;
  /** Renders a queued mail when it is sent; undefined when there is no recipient, or the mail is obsolete. */
  render(mail: QueuedMail, scope: MailScope): Promise<RenderedMail | undefined>;
}
