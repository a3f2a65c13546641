import { AuthError, throwInputIssues } from '../core/errors.ts';
import type { EmailConfirmationRequired, SignInResult } from './account-access.ts';
import { AccountCreation, type NewAccount, type Registration } from './account-creation.ts';
import { passwordChangedMail, passwordResetMail } from './auth.mails.ts';
import type { AuthParts } from './auth-parts.ts';
import { parseEmail } from './email-address.ts';
import type { NeededServices } from './email-verification.ts';
import { checkedEmail } from './input.ts';
import { type PublicUser, toPublicUser } from './projection.ts';
import type { User } from './user.entity.ts';
import type { NewUser } from './users.ts';

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
  private readonly accounts: AccountCreation;

  constructor(
    private readonly parts: AuthParts,
    private readonly services: NeededServices,
  ) {
    this.accounts = new AccountCreation(parts, services);
  }

  /**
   * Creates an account and signs in. Where verified addresses are required it signs nobody in, and does not reveal whether
   * the address is taken. Throws BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY.
   */
  async register(registration: Registration): Promise<SignInResult> {
    const account = await this.accounts.checkAndHash(registration);
    if (this.verifiedAddressRequired) return this.registerUnverified(registration, account);
    return this.accounts.save(account, user => this.parts.access.signIn(user));
  }

  /** Like `register`, but signs nobody in. */
  async registerWithoutSession(registration: Registration): Promise<PublicUser | EmailConfirmationRequired> {
    const account = await this.accounts.checkAndHash(registration);
    if (this.verifiedAddressRequired) return this.registerUnverified(registration, account);
    return this.saveWithoutSession(account);
  }

  /**
   * Creates an account for a host program, without signing in, whether verified addresses are required or not. Throws
   * BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY.
   */
  async createAccount({ emailVerified, ...registration }: NewAccount): Promise<PublicUser> {
    return this.saveWithoutSession(await this.accounts.checkAndHash(registration), { emailVerified });
  }

  /**
   * Signs in with e-mail address and password, without revealing which of the two was wrong. Where verified addresses are
   * required, the right password of an unverified one mails a fresh link. Throws INVALID_CREDENTIALS, RATE_LIMITED, BUSY.
   */
  async login({ email, password, rememberMe = true }: Credentials): Promise<SignInResult> {
    const { em, access, outbox, passwordCheck } = this.parts;
    const address = parseEmail(email);
    if (!address) throw new AuthError('INVALID_CREDENTIALS');
    const { user, accept } = await passwordCheck.verify(address.canonical, password);
    await this.renewHash(user, password);
    const mustVerify = this.verifiedAddressRequired && user.emailVerifiedAt === null;
    const result = await em.transactional(async () => {
      const result = mustVerify
        ? await this.requireVerification(user, email)
        : await access.signIn(user, { rememberMe });
      await accept();
      return result;
    });
    outbox.notify();
    return result;
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
      if (!(await users.lock(user))) throw new AuthError('TOKEN_INVALID');
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

  private get verifiedAddressRequired(): boolean {
    return this.parts.options.emailVerification === 'required';
  }

  private async registerUnverified({ email }: Registration, account: NewUser): Promise<EmailConfirmationRequired> {
    await this.accounts.saveUnverified(account);
    return { email };
  }

  private saveWithoutSession(account: NewUser, options?: { emailVerified?: boolean }): Promise<PublicUser> {
    const save = async (user: User) => {
      this.parts.events.record('REGISTERED', user.id);
      return toPublicUser(user, []);
    };
    return this.accounts.save(account, save, options);
  }

  private async requireVerification(user: User, email: string): Promise<EmailConfirmationRequired> {
    await this.services.emailVerification.addFreshLink(user);
    return { email };
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
