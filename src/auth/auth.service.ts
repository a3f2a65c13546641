import { LockMode, TransactionPropagation, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { Config } from '../config.ts';
import type { Clock } from '../core/clock.ts';
import { AuthError, throwInputIssues } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { uuidV7 } from '../core/node.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { AuthRateLimits } from './auth-rate-limits.ts';
import { type EmailAddress, parseEmail } from './email-address.ts';
import { checkedEmail, emailIssues, nameIssues } from './input.ts';
import type { KnownDevices } from './known-devices.ts';
import type { Passwords } from './passwords.ts';
import type { Session } from './session.entity.ts';
import type { ActiveSession } from './session-lookup.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';
import { User } from './user.entity.ts';

export interface Registration {
  email: string;
  password: string;
  name?: string | null;
}

export interface Credentials {
  email: string;
  password: string;
  rememberMe?: boolean;
}

export interface PasswordReset {
  token: string;
  newPassword: string;
  /** Where it is given, the token must be of this address. */
  email?: string;
}

/** Somebody is in: who, by which session, and its token, which is told only now. */
export interface SignedIn {
  user: User;
  session: Session;
  token: string;
  /** What the browser is to keep beyond the session, so that it is known as the owner's. */
  devices: string;
}

export interface SignInOptions {
  rememberMe?: boolean;
}

interface AuthServiceParts {
  em: EntityManager;
  /** The session that the caller came with. */
  session: ActiveSession | null;
  config: Config;
  clock: Clock;
  log: Log;
  devices: KnownDevices;
  limits: AuthRateLimits;
  outbox: Outbox;
  passwords: Passwords;
  sessions: Sessions;
  tokens: Tokens;
}

/** Registering, signing in and out, setting a new password: what may happen, in which order, and what is told. */
export class AuthService {
  constructor(private readonly parts: AuthServiceParts) {}

  /** Creates an account and signs in. Throws BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY. */
  async register(registration: Registration): Promise<SignedIn> {
    const user = await this.newUser(registration);
    return this.unlessTaken(() => this.signIn(user));
  }

  /** Creates an account and signs nobody in. Throws BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY. */
  async createAccount(registration: Registration): Promise<User> {
    const user = await this.newUser(registration);
    await this.unlessTaken(() => this.parts.em.flush());
    return user;
  }

  /** Signs in with e-mail and password; never tells which of the two was wrong. Throws INVALID_CREDENTIALS, RATE_LIMITED, BUSY. */
  async login({ email, password, rememberMe = true }: Credentials): Promise<SignedIn> {
    const { em, devices, passwords, limits } = this.parts;
    const address = parseEmail(email);
    if (!address || !passwords.isPossible(password)) throw new AuthError('INVALID_CREDENTIALS');

    passwords.assertCapacity();
    const device = await devices.nameFor(address.canonical);
    const locked = await limits.countPasswordAttempt(address.canonical, device);
    const user = await em.findOne(User, { canonicalEmail: address.canonical });
    const matches = await passwords.verify(password, locked ? null : user?.passwordHash);
    if (!user || !matches) {
      this.reportLostKey(user);
      throw new AuthError('INVALID_CREDENTIALS');
    }

    await this.renewHash(user, password);
    return em.transactional(async () => {
      const signedIn = await this.signIn(user, { rememberMe });
      await limits.passwordAccepted(address.canonical, device);
      return signedIn;
    });
  }

  /** Ends the caller's session. False when there was none. */
  async logout(): Promise<boolean> {
    const { session, sessions } = this.parts;
    return session !== null && (await sessions.end(session.id));
  }

  /** Has a link mailed that sets a new password. Alike for every address, known or not. Throws BAD_USER_INPUT. */
  async requestPasswordReset(email: string): Promise<void> {
    const { em, limits, outbox } = this.parts;
    const { canonical } = checkedEmail(email);
    if (!(await limits.allowMail(canonical))) return;

    outbox.add('reset-password', canonical);
    await em.flush();
    outbox.notify();
  }

  /**
   * Gives the token of a reset to whoever asks, as the exercise that this service descends from did: whoever may call
   * this owns every account. Null for an unknown address. Throws BAD_USER_INPUT.
   */
  async exposeResetToken(email: string): Promise<string | null> {
    const { em, tokens, config } = this.parts;
    const user = await em.findOne(User, { canonicalEmail: checkedEmail(email).canonical });
    if (!user) return null;

    const token = await tokens.issue(user, 'reset-password', config.resetToken.lifetime);
    await em.flush();
    return token;
  }

  /**
   * Sets a new password with the token from the mail, and signs nobody in. A refused password leaves the token unused.
   * Throws TOKEN_INVALID, BAD_USER_INPUT, RATE_LIMITED, BUSY.
   */
  async resetPassword({ token, newPassword, email }: PasswordReset): Promise<void> {
    const { em, passwords, tokens, outbox, limits, clock } = this.parts;
    passwords.assertCapacity();
    await limits.countPasswordReset();
    const user = await tokens.findOwner('reset-password', token);
    const owner = parseEmail(user.email);
    if (email !== undefined && parseEmail(email)?.canonical !== user.canonicalEmail)
      throw new AuthError('TOKEN_INVALID');
    throwInputIssues(passwords.issues('newPassword', newPassword, owner));
    const passwordHash = await passwords.hash(newPassword);

    await em.transactional(async () => {
      // First of all, as at a sign-in, or of two at once each would hold what the other waits for.
      await em.lock(user, LockMode.PESSIMISTIC_WRITE);
      await tokens.consume('reset-password', token);
      user.passwordHash = passwordHash;
      // Who has the token has the mailbox.
      user.emailVerifiedAt ??= clock.now();
      await this.credentialsChanged(user);
    });
    outbox.notify();
  }

  /** The one door in: however a person proved who they are, the rules for entering are asked here. */
  async signIn(user: User, { rememberMe = true }: SignInOptions = {}): Promise<SignedIn> {
    const { em, devices, sessions, session: presented } = this.parts;
    // As a part of the verb's own transaction, where it has one.
    return em.transactional(
      async () => {
        // A session that was there before somebody proved who they are is never taken on.
        if (presented) await sessions.end(presented.id);
        // An account that is new has none yet. It is saved with its first session or not at all.
        if (!em.getUnitOfWork().getPersistStack().has(user)) await sessions.evictOldest(user);
        const { session, token } = sessions.start(user, { persistent: rememberMe });
        await em.flush();
        return { user, session, token, devices: devices.with(user) };
      },
      { propagation: TransactionPropagation.REQUIRED },
    );
  }

  /** The one door out: ends every session and token given out before, and tells the owner. For inside a transaction. */
  async credentialsChanged(user: User): Promise<void> {
    const { em, sessions, tokens, outbox, limits } = this.parts;
    user.credentialVersion += 1;
    await em.flush();
    await sessions.endAll(user);
    await tokens.revokeAll(user);
    await limits.resetPasswordAttempts(user.canonicalEmail);
    outbox.add('password-changed', user.email);
    await em.flush();
  }

  /** Checks, counts and hashes; the verb saves. */
  private async newUser({ email, password, name }: Registration): Promise<User> {
    const { em, passwords, limits, clock } = this.parts;
    const address = parseEmail(email);
    throwInputIssues([
      ...emailIssues(address),
      ...passwords.issues('password', password, address),
      ...nameIssues(name),
    ]);
    const { address: typed, canonical } = address as EmailAddress;

    passwords.assertCapacity();
    await limits.countRegistration();
    return em.create(User, {
      id: uuidV7(),
      email: typed,
      canonicalEmail: canonical,
      name: name || null,
      passwordHash: await passwords.hash(password),
      credentialVersion: 1,
      createdAt: clock.now(),
    });
  }

  /** The unique index decides, not a look beforehand: of two at once one would pass that look as well. */
  private async unlessTaken<T>(save: () => Promise<T>): Promise<T> {
    try {
      return await save();
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw new AuthError('EMAIL_TAKEN', { cause: error });
      throw error;
    }
  }

  /**
   * Compares before it sets: a password that was changed meanwhile stays changed. Where the hasher is busy it waits for
   * another login, rather than turning away who has just given the right password.
   */
  private async renewHash(user: User, password: string): Promise<void> {
    const { em, passwords } = this.parts;
    const old = user.passwordHash;
    if (old === null || !passwords.isOutdated(old)) return;
    const renewed = await passwords.hash(password).catch(unlessBusy);
    if (renewed === undefined) return;
    await em.nativeUpdate(User, { id: user.id, passwordHash: old }, { passwordHash: renewed });
    // This field alone: what else has changed meanwhile must not get into the session.
    await em.refresh(user, { fields: ['passwordHash'] });
  }

  private reportLostKey(user: User | null): void {
    if (user?.passwordHash && this.parts.passwords.isOrphaned(user.passwordHash)) {
      this.parts.log.warn('a password hash needs a pepper that is not configured; its owner can only reset it');
    }
  }
}

function unlessBusy(error: unknown): undefined {
  if (!(error instanceof AuthError) || error.code !== 'BUSY') throw error;
}
