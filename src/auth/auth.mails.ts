import { MINUTE } from '../core/clock.ts';
import type { MailTemplate } from '../mail/mail-template.ts';
import { passwordChanged, resetPassword } from '../mail/templates.ts';
import { AccountEvents } from './account-events.ts';
import { mailableAddress } from './email-address.ts';
import { Tokens } from './tokens.ts';
import { Users } from './users.ts';

/**
 * The link that sets a new password. Whether the address has an account is looked up here, not when the mail was
 * requested, so that a request takes the same time for every address. The token is created here as well: it exists in the
 * mail and, hashed, in its table, and nowhere else.
 */
export const passwordResetMail: MailTemplate = {
  kind: 'reset-password',
  async render(mail, { em, clock, log, options }) {
    const { id, address, createdAt } = mail;
    const { appUrl, resetTokenLifetime: lifetime } = options;
    if (clock.now().getTime() >= createdAt.getTime() + lifetime) return undefined;
    const user = await new Users(em, clock).findByEmail(address);
    if (!user || user.disabled) return undefined;
    const to = mailableAddress(user);
    if (to === null) {
      log.error(
        'mail: no link sent, the stored address does not match its account; to list all of these, run: bienvenue check',
      );
      return undefined;
    }

    const token = await new Tokens(em, clock).issue('reset-password', { user, lifetime, mailId: id });
    await new AccountEvents(em, options, clock).recordDeferred('PASSWORD_RESET_REQUESTED', user.id, mail);
    await em.flush();
    const link = `${appUrl}/reset-password?token=${token}`;
    return { to, message: resetPassword({ link, minutes: Math.floor(lifetime / MINUTE) }) };
  },
};

/** Notifies the owner of an account that its password was changed. */
export const passwordChangedMail: MailTemplate = {
  kind: 'password-changed',
  render: async ({ address, createdAt }) => ({ to: address, message: passwordChanged({ at: createdAt }) }),
};
