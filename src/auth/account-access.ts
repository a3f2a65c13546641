import { TransactionPropagation } from '@mikro-orm/core';
import type { Clock } from '../core/clock.ts';
import { AuthError } from '../core/errors.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { AccountEvents } from './account-events.ts';
import type { AuthRateLimits } from './auth-rate-limits.ts';
import type { KnownDevices } from './known-devices.ts';
import {
  type ActiveSession,
  type PublicSession,
  type PublicUser,
  toPublicSession,
  toPublicUser,
} from './projection.ts';
import type { Roles } from './roles.ts';
import type { Sessions } from './sessions.ts';
import type { SignInNotices } from './sign-in-notices.ts';
import type { Tokens } from './tokens.ts';
import type { User } from './user.entity.ts';
import type { Users } from './users.ts';

/** A successful sign-in, as plain objects without password or token hashes. */
export interface SignedIn {
  user: PublicUser;
  session: PublicSession;
  /** The session token, known only now: the database holds its hash. */
  token: string;
  /** Value for the `known_device` cookie. */
  devices: string;
}

/** The user is not signed in: the address has to be verified first, with the link in a mail. */
export interface EmailConfirmationRequired {
  /** The address as it was entered. */
  email: string;
}

/** The outcome of an attempt to sign in. */
export type SignInResult = SignedIn | EmailConfirmationRequired;

export const isSignedIn = (result: SignInResult): result is SignedIn => 'session' in result;

interface SessionOptions {
  /** False: a session of 12 hours at most, whose cookie ends with the browser. Default true. */
  rememberMe?: boolean;
}

interface AccountAccessParts {
  em: EntityManager;
  /** The session that the request presented. */
  session: ActiveSession | null;
  clock: Clock;
  devices: KnownDevices;
  events: AccountEvents;
  rateLimits: AuthRateLimits;
  roles: Roles;
  sessions: Sessions;
  signInNotices: SignInNotices;
  tokens: Tokens;
  users: Users;
}

/** The only place where sessions start and where changed credentials take effect. Services of every feature call it. */
export class AccountAccess {
  constructor(private readonly parts: AccountAccessParts) {}

  /** Signs a user in, in whichever way they have proved their identity. */
  async signIn(user: User, options: SessionOptions = {}): Promise<SignedIn> {
    const { clock, events, signInNotices, users } = this.parts;
    return this.inTransaction(async () => {
      const isNew = users.isNew(user);
      if (!isNew) await signInNotices.addFor(user);
      events.record(isNew ? 'REGISTERED' : 'SIGNED_IN', user.id);
      user.lastSignInAt = clock.now();
      return this.startSession(user, options);
    });
  }

  /** Starts a session in place of the one that the request presented. */
  async startSession(user: User, { rememberMe = true }: SessionOptions = {}): Promise<SignedIn> {
    const { em, devices, roles, sessions, users, session: presented } = this.parts;
    return this.inTransaction(async () => {
      // A session that existed before the sign-in is never adopted (session fixation).
      if (presented) await sessions.end(presented.user.id, presented.id);
      const isNew = users.isNew(user);
      // A new user has no sessions yet, and is saved together with the first one.
      if (!isNew) {
        // Without the lock two concurrent sign-ins would each miss the session of the other.
        if (!(await users.lock(user))) throw new AuthError('INVALID_CREDENTIALS');
        await sessions.evictOldest(user);
      }
      const { session, token } = sessions.start(user, { persistent: rememberMe });
      await em.flush();
      const publicUser = toPublicUser(user, isNew ? [] : await roles.of(user.id));
      return { user: publicUser, session: toPublicSession(session), token, devices: devices.with(user) };
    });
  }

  /** After a change of credentials: ends all sessions and tokens. Call it inside a transaction. */
  async credentialsChanged(user: User): Promise<void> {
    const { em, sessions, tokens, users, rateLimits } = this.parts;
    users.bumpCredentialVersion(user);
    await em.flush();
    await sessions.endAll(user.id);
    await tokens.revokeAll(user);
    await rateLimits.resetPasswordAttempts(user.canonicalEmail);
  }

  /** Joins the transaction of the calling service, if there is one. */
  private inTransaction<T>(job: () => Promise<T>): Promise<T> {
    return this.parts.em.transactional(job, { propagation: TransactionPropagation.REQUIRED });
  }
}
