import { AuthError } from '../core/errors.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { AccountEvents, Actor } from './account-events.ts';
import { accountDeletedMail } from './auth.mails.ts';
import type { AuthRateLimits } from './auth-rate-limits.ts';
import type { EmailChanges } from './email-changes.ts';
import type { Notices } from './notices.ts';
import { ADMIN, type Roles } from './roles.ts';
import type { User } from './user.entity.ts';
import type { Users } from './users.ts';

interface AccountDeletionParts {
  em: EntityManager;
  emailChanges: EmailChanges;
  events: AccountEvents;
  notices: Notices;
  outbox: Outbox;
  rateLimits: AuthRateLimits;
  roles: Roles;
  users: Users;
}

/** The only place where accounts are deleted, by their owners or by administrators. */
export class AccountDeletion {
  constructor(private readonly parts: AccountDeletionParts) {}

  /**
   * Deletes an account and everything that belongs to it, keeps its events without the person, and queues a notice to the
   * owner. False when there is no such user. By default the user is the one who acts. Call it inside a transaction, and
   * `outbox.notify()` after the commit. Throws LAST_ADMIN.
   */
  async delete(userId: string, by?: Actor): Promise<boolean> {
    const { em, emailChanges, events, notices, outbox, users } = this.parts;
    const user = await this.lock(userId);
    if (!user) return false;
    const oldAddresses = await emailChanges.revertibleTo(user);
    // What has a foreign key to the user is deleted with it.
    await users.delete(user);
    await this.deleteByAddress(user);
    notices.add(accountDeletedMail, user);
    // A thief who changed the address must not be the only one to learn of it.
    for (const address of oldAddresses) outbox.add(accountDeletedMail, address, { locale: user.locale });
    events.record('DELETED', user.id, by);
    await em.flush();
    await events.forget(user.id);
    return true;
  }

  /** Administrators first: two who delete themselves at once would otherwise wait for each other. */
  private async lock(userId: string): Promise<User | null> {
    const { roles, users } = this.parts;
    const hasOtherAdmin = await roles.hasOtherAdmin(userId);
    const user = await users.findLocked(userId);
    if (user && !hasOtherAdmin && (await roles.of(userId)).includes(ADMIN)) throw new AuthError('LAST_ADMIN');
    return user;
  }

  private async deleteByAddress(user: User): Promise<void> {
    const { outbox, rateLimits } = this.parts;
    await outbox.deleteTo([user.canonicalEmail, user.email]);
    await rateLimits.resetPasswordAttempts(user.canonicalEmail);
  }
}
