import type { Config } from '../config.ts';
import { type Clock, MINUTE } from '../core/clock.ts';
import type { MailRenderer, RenderedMail } from '../mail/mail-worker.ts';
import type { OutboxMail } from '../mail/outbox.entity.ts';
import { passwordChanged, resetPassword } from '../mail/templates.ts';
import type { EntityManager } from '../persistence/database.ts';
import { Tokens } from './tokens.ts';
import { User } from './user.entity.ts';

/** Writes the mails that the Auth service queues. */
export function authMails(config: Config, clock: Clock): MailRenderer {
  return async (em, mail) => {
    switch (mail.kind) {
      case 'reset-password':
        return writeReset(em, mail, config, clock);
      case 'password-changed':
        return { to: mail.address, message: passwordChanged({ at: mail.createdAt }) };
    }
  };
}

/**
 * Only here is it looked up whether anybody has the address, so that asking is the same for all. The token is made
 * here as well, so that it is in the mail and, hashed, in its table: nowhere else.
 */
async function writeReset(
  em: EntityManager,
  { id, address, createdAt }: OutboxMail,
  { appUrl, resetToken: { lifetime } }: Config,
  clock: Clock,
): Promise<RenderedMail | undefined> {
  if (clock.now().getTime() >= createdAt.getTime() + lifetime) return undefined;
  const user = await em.findOne(User, { canonicalEmail: address });
  if (!user) return undefined;

  // A second attempt at the same mail takes the token of the first back, and none that has arrived.
  const token = await new Tokens(em, clock).issue(user, 'reset-password', lifetime, id);
  await em.flush();
  const link = `${appUrl}/reset-password?token=${token}`;
  return { to: user.email, message: resetPassword({ link, minutes: Math.floor(lifetime / MINUTE) }) };
}
