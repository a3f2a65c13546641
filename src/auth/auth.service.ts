import { AuthError, throwInputIssues } from '../core/errors.ts';
import type { SignedIn } from './account-access.ts';
import { passwordChangedMail, passwordResetMail } from './auth.mails.ts';
import type { AuthParts } from './auth-parts.ts';
import { type EmailAddress, parseEmail } from './email-address.ts';
import { orEmailTaken } from './email-taken.ts';
import { checkedEmail, emailIssues, nameIssues } from './input.ts';
import { type PublicUser, toPublicUser } from './projection.ts';
import type { User } from './user.entity.ts';
import type { NewUser } from './users.ts';

/** What a new account is created from. */
export interface Registration {
  email: string;
  password: string;
  /** Display name, at most 200 characters. */
  name?: string | null;
}

/** What a user signs in with. */
export interface Credentials {
  email: string;
  password: string;
  /** False: a session of 12 hours at most, whose cookie ends with the browser. Default true. */
  rememberMe?: boolean;
}

/** What a password is reset with. */
export interface PasswordReset {
  /** The token from the link in the mail. */
  token: string;
  newPassword: string;
  /** When given, the token must belong to the account with this address. */
  email?: string;
}

/** Registration, sign-in, sign-out and password reset: what is allowed, in which order, and what the client learns. */
export class AuthService {
  constructor(private readonly parts: AuthParts) {}

  /** Creates an account and signs in. Throws BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY. */
  async register(registration: Registration): Promise<SignedIn> {
    const { access, emailChanges, users } = this.parts;
    const account = await this.checkAndHash(registration);
    return this.save(async () => {
      const user = users.create(account);
      const signedIn = await access.signIn(user);
      await emailChanges.assertNotReserved(user);
      return signedIn;
    });
  }

  /** Creates an account without signing in. Throws BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY. */
  async createAccount(registration: Registration): Promise<PublicUser> {
    const { em, emailChanges, events, users } = this.parts;
    const account = await this.checkAndHash(registration);
    return this.save(async () => {
      const user = users.create(account);
      events.record('REGISTERED', user.id);
      await em.flush();
      await emailChanges.assertNotReserved(user);
      return toPublicUser(user, []);
    });
  }

  /**
   * Signs in with e-mail address and password, without revealing which of the two was wrong. Throws
   * INVALID_CREDENTIALS, RATE_LIMITED, BUSY.
   */
  async login({ email, password, rememberMe = true }: Credentials): Promise<SignedIn> {
    const { em, access, passwordCheck } = this.parts;
    const address = parseEmail(email);
    if (!address) throw new AuthError('INVALID_CREDENTIALS');
    const { user, accept } = await passwordCheck.verify(address.canonical, password);
    await this.renewHash(user, password);
    return em.transactional(async () => {
      const signedIn = await access.signIn(user, { rememberMe });
      await accept();
      return signedIn;
    });
  }

  /** Ends the session of the request. False when there is none. */
  async logout(): Promise<boolean> {
    const { em, events, session, sessions } = this.parts;
    if (!session) return false;
    return em.transactional(async () => {
      const ended = await sessions.end(session.user.id, session.id);
      if (ended) events.record('SIGNED_OUT', session.user.id);
      return ended;
    });
  }

  /** Mails a link that sets a new password. Behaves alike for registered and unknown addresses. Throws BAD_USER_INPUT. */
  async requestPasswordReset(email: string): Promise<void> {
    const { em, events, rateLimits, outbox } = this.parts;
    const { canonical } = checkedEmail(email);
    if (!(await rateLimits.allowMail(canonical))) return;

    outbox.add(passwordResetMail, canonical, events.deferred({ actor: 'VISITOR' }));
    await em.flush();
    outbox.notify();
  }

  /**
   * Returns a reset token to the client instead of mailing it, for the programming exercise that this service started
   * from. Any client can then take over any account. Null for an unknown address. Throws BAD_USER_INPUT.
   */
  async exposeResetToken(email: string): Promise<string | null> {
    const { em, events, tokens, users, options } = this.parts;
    const user = await users.findByEmail(checkedEmail(email).canonical);
    if (!user || user.disabled) return null;

    const token = await tokens.issue(passwordResetMail.kind, { user, lifetime: options.resetTokenLifetime });
    events.record('PASSWORD_RESET_REQUESTED', user.id, { actor: 'VISITOR' });
    await em.flush();
    return token;
  }

  /**
   * Sets a new password with the token from the mail, without signing in. A rejected password leaves the token usable.
   * Throws TOKEN_INVALID, BAD_USER_INPUT, RATE_LIMITED, BUSY.
   */
  async resetPassword({ token, newPassword, email }: PasswordReset): Promise<void> {
    const { em, access, events, notices, outbox, passwords, rateLimits, tokens, users, clock } = this.parts;
    passwords.assertCapacity();
    await rateLimits.countPasswordReset();
    const user = await tokens.findOwner(passwordResetMail.kind, token);
    if (email !== undefined && parseEmail(email)?.canonical !== user.canonicalEmail)
      throw new AuthError('TOKEN_INVALID');
    throwInputIssues(passwords.issues('newPassword', newPassword, parseEmail(user.email)));
    const passwordHash = await passwords.hash(newPassword);

    await em.transactional(async () => {
      // First, as at a sign-in: two requests that lock in different orders would deadlock.
      await users.lock(user);
      await tokens.consume(passwordResetMail.kind, token);
      user.passwordHash = passwordHash;
      // The token came by mail, which proves that the user owns the address.
      user.emailVerifiedAt ??= clock.now();
      await access.credentialsChanged(user);
      events.record('PASSWORD_RESET', user.id);
      notices.add(passwordChangedMail, user);
    });
    outbox.notify();
  }

  /** Checks the input, counts the attempt and hashes the password. Saves nothing. */
  private async checkAndHash({ email, password, name }: Registration): Promise<NewUser> {
    const { client, passwords, rateLimits } = this.parts;
    const address = parseEmail(email);
    throwInputIssues([
      ...emailIssues(address),
      ...passwords.issues('password', password, address),
      ...nameIssues(name),
    ]);
    passwords.assertCapacity();
    await rateLimits.countRegistration();
    const passwordHash = await passwords.hash(password);
    return { address: address as EmailAddress, name: name || null, passwordHash, locale: client.locale };
  }

  /**
   * Saves a new account. Inside a host program's transaction this is a savepoint: the program can handle EMAIL_TAKEN and
   * continue.
   */
  private save<T>(create: () => Promise<T>): Promise<T> {
    return orEmailTaken(() => this.parts.em.transactional(create));
  }

  /** Renews a hash of another cost or pepper. Skipped while the hasher is busy: the next login does it. */
  private async renewHash(user: User, password: string): Promise<void> {
    const { passwords, users } = this.parts;
    if (user.passwordHash === null || !passwords.isOutdated(user.passwordHash)) return;
    const renewed = await passwords.hash(password).catch(ignoreBusy);
    if (renewed !== undefined) await users.replacePasswordHash(user, renewed);
  }
}

function ignoreBusy(error: unknown): undefined {
  if (!(error instanceof AuthError) || error.code !== 'BUSY') throw error;
}
