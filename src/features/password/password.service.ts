import type { SignedIn } from '../../auth/account-access.ts';
import { passwordChangedMail } from '../../auth/auth.mails.ts';
import type { AuthParts } from '../../auth/auth-parts.ts';
import { parseEmail } from '../../auth/email-address.ts';
import type { PublicSession } from '../../auth/projection.ts';
import { requireSession } from '../../auth/require-session.ts';
import type { User } from '../../auth/user.entity.ts';
import { AuthError, throwInputIssues } from '../../core/errors.ts';

/** What a password is changed with. */
export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

type PasswordServiceParts = Pick<
  AuthParts,
  'access' | 'em' | 'events' | 'notices' | 'outbox' | 'passwordCheck' | 'passwords' | 'session' | 'sessions' | 'users'
>;

/** Changes and confirms a user's own password. Every method throws UNAUTHENTICATED for a visitor. */
export class PasswordService {
  constructor(private readonly parts: PasswordServiceParts) {}

  /**
   * Sets a new password, ends every session and token of the user, and starts a new session like that of the request.
   * Throws INVALID_CREDENTIALS, also when the password was changed meanwhile, BAD_USER_INPUT, RATE_LIMITED, BUSY.
   */
  async changePassword({ currentPassword, newPassword }: PasswordChange): Promise<SignedIn> {
    const { em, access, events, notices, outbox, passwords, session } = this.parts;
    const { persistent, user: owner } = requireSession(session);
    throwInputIssues(passwords.issues('newPassword', newPassword, parseEmail(owner.email)));
    const { verifiedHash, accept } = await this.confirm(owner.id, currentPassword);
    const passwordHash = await passwords.hash(newPassword);

    const signedIn = await em.transactional(async () => {
      const user = await this.lockVerified(owner.id, verifiedHash);
      user.passwordHash = passwordHash;
      await access.credentialsChanged(user);
      await accept();
      events.record('PASSWORD_CHANGED', user.id);
      notices.add(passwordChangedMail, user);
      return access.startSession(user, { rememberMe: persistent });
    });
    outbox.notify();
    return signedIn;
  }

  /**
   * Confirms the password, which permits the operations that ask for a recent proof of identity in this session. Throws
   * INVALID_CREDENTIALS, RATE_LIMITED, BUSY.
   */
  async reauthenticate(password: string): Promise<PublicSession> {
    const { em, events, sessions } = this.parts;
    const session = requireSession(this.parts.session);
    const { accept } = await this.confirm(session.user.id, password);
    return em.transactional(async () => {
      const authenticatedAt = await sessions.confirm(session.id);
      // Ended meanwhile, by a change of the password or from another session.
      if (!authenticatedAt) throw new AuthError('UNAUTHENTICATED');
      await accept();
      events.record('REAUTHENTICATED', session.user.id);
      return { ...session, authenticatedAt };
    });
  }

  private async confirm(userId: string, password: string) {
    const { passwordCheck, users } = this.parts;
    const user = await users.findById(userId);
    if (!user) throw new AuthError('UNAUTHENTICATED');
    const { accept } = await passwordCheck.verify(user.canonicalEmail, password);
    return { accept, verifiedHash: user.passwordHash };
  }

  /** Refuses a password that was right but has been replaced, and an account that has been disabled or deleted since. */
  private async lockVerified(userId: string, verifiedHash: string | null): Promise<User> {
    const user = await this.parts.users.findLocked(userId);
    if (!user || user.disabled || user.passwordHash !== verifiedHash) throw new AuthError('INVALID_CREDENTIALS');
    return user;
  }
}
