import { passwordChangedMail } from '../../auth/auth.mails.ts';
import type { AuthParts } from '../../auth/auth-parts.ts';
import type { EmailVerification } from '../../auth/email-verification.ts';
import { requireSession } from '../../auth/require-session.ts';
import type { User } from '../../auth/user.entity.ts';
import type { NewUser } from '../../auth/users.ts';
import { AuthError } from '../../core/errors.ts';
import {
  alreadyRegisteredMail,
  type RepeatedRegistration,
  type VerificationData,
  verificationMail,
} from './email-verification.mails.ts';

type EmailVerificationParts = Pick<
  AuthParts,
  'em' | 'access' | 'clock' | 'events' | 'notices' | 'outbox' | 'rateLimits' | 'session' | 'tokens' | 'users'
>;

/** Proves that the owner of an account receives mail at its address. */
export class EmailVerificationService implements EmailVerification {
  constructor(private readonly parts: EmailVerificationParts) {}

  /** Mails a fresh link to the signed-in user, unless the address is verified already. Throws UNAUTHENTICATED. */
  async request(): Promise<void> {
    const { em, outbox, session, users } = this.parts;
    const user = await users.findById(requireSession(session).user.id);
    if (!user || user.emailVerifiedAt) return;
    await this.addFreshLink(user);
    await em.flush();
    outbox.notify();
  }

  /**
   * Verifies the address that the token was mailed to, without signing in. Throws TOKEN_INVALID, also when the account has
   * been verified or disabled meanwhile, or has another address.
   */
  async verify(token: string): Promise<void> {
    const { em, clock, events, outbox, tokens, users } = this.parts;
    const found = await tokens.find(verificationMail.kind, token);
    const data = found.data as VerificationData;
    await em.transactional(async () => {
      // The lock first, as at a sign-in: two requests that lock in different orders would deadlock.
      const user = found.user && (await users.findLocked(found.user.id));
      if (!user || user.disabled || user.emailVerifiedAt || user.canonicalEmail !== data.email)
        throw new AuthError('TOKEN_INVALID');
      await tokens.consume(verificationMail.kind, token);
      // Links of other registrations with this address must not set their passwords afterwards.
      await tokens.revoke(verificationMail.kind, user);
      user.emailVerifiedAt = clock.now();
      events.record('EMAIL_VERIFIED', user.id);
      if ('passwordHash' in data) await this.adopt(user, data);
    });
    outbox.notify();
  }

  addFirstMail({ canonicalEmail }: User): void {
    this.parts.outbox.add(verificationMail, canonicalEmail);
  }

  async addFreshLink({ canonicalEmail }: User): Promise<void> {
    const { outbox, rateLimits } = this.parts;
    if (await rateLimits.allowVerificationMail(canonicalEmail)) outbox.add(verificationMail, canonicalEmail);
  }

  async addMailToOwner({ address, passwordHash, name, locale }: NewUser, limit: { reached: boolean }): Promise<void> {
    const { outbox, users } = this.parts;
    const owner = await users.findByEmail(address.canonical);
    if (limit.reached) outbox.add(verificationMail, address.canonical, { overLimit: true });
    else if (owner?.emailVerifiedAt) outbox.add(alreadyRegisteredMail, address.canonical);
    else outbox.add(verificationMail, address.canonical, { passwordHash, name, locale });
  }

  /** The owner of the mailbox registered later than the account was created: what was set before is not theirs. */
  private async adopt(user: User, registration: RepeatedRegistration): Promise<void> {
    const { access, events, notices, users } = this.parts;
    user.passwordHash = registration.passwordHash;
    users.setProfile(user, registration);
    await access.credentialsChanged(user);
    events.record('PASSWORD_RESET', user.id);
    notices.add(passwordChangedMail, user);
  }
}
