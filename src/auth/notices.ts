import type { MailTemplate, QueuedMail } from '../mail/mail-template.ts';
import type { MailTexts, MailValues } from '../mail/mail-text.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { Options } from '../options.ts';
import type { JsonObject } from '../persistence/json-text.ts';
import { mailableAddress } from './email-address.ts';
import type { User } from './user.entity.ts';

/** Notifies owners by mail of what happened to their accounts. */
export class Notices {
  constructor(private readonly outbox: Outbox) {}

  /** Adds a notice, without a flush. It goes to the address that the account has now. */
  add(template: MailTemplate, user: User, payload: JsonObject = {}): void {
    const address = mailableAddress(user);
    if (address !== null) this.outbox.add(template, address, { locale: user.locale, ...payload });
  }
}

/** The kind of mail that Notices sends. `values`: from the payload; `{at}` is the time of the event. */
export const noticeTemplate = (
  kind: string,
  texts: MailTexts,
  values: (mail: QueuedMail, options: Options) => MailValues = () => ({}),
): MailTemplate => ({
  kind,
  texts,
  async prepare(mail, { options }) {
    const { address, createdAt, payload } = mail;
    const locale = typeof payload?.locale === 'string' ? payload.locale : null;
    return { to: address, locale, values: { at: createdAt, ...values(mail, options) } };
  },
});
