import type { AuthParts } from '../../auth/auth-parts.ts';
import { requireRecentSession } from '../../auth/require-session.ts';

type AccountDeletionServiceParts = Pick<AuthParts, 'accountDeletion' | 'clock' | 'em' | 'outbox' | 'session'>;

/** Deletes a user's own account. */
export class AccountDeletionService {
  constructor(private readonly parts: AccountDeletionServiceParts) {}

  /**
   * Deletes the account of the signed-in user. False when another request has just done so. Throws UNAUTHENTICATED,
   * RECENT_AUTH_REQUIRED, LAST_ADMIN.
   */
  async deleteAccount(): Promise<boolean> {
    const { accountDeletion, clock, em, outbox, session } = this.parts;
    const { user } = requireRecentSession(session, clock);
    const deleted = await em.transactional(() => accountDeletion.delete(user.id));
    outbox.notify();
    return deleted;
  }
}
