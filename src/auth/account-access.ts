import { TransactionPropagation } from '@mikro-orm/core';
import type { Outbox } from '../mail/outbox.ts';
import type { EntityManager } from '../persistence/database.ts';
import { passwordChangedMail } from './auth.mails.ts';
import type { AuthRateLimits } from './auth-rate-limits.ts';
import { mailableAddress } from './email-address.ts';
import type { KnownDevices } from './known-devices.ts';
import {
  type ActiveSession,
  type PublicSession,
  type PublicUser,
  toPublicSession,
  toPublicUser,
} from './projection.ts';
import type { Sessions } from './sessions.ts';
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

interface SignInOptions {
  /** False: a session of 12 hours at most, whose cookie ends with the browser. Default true. */
  rememberMe?: boolean;
}

interface AccountAccessParts {
  em: EntityManager;
  /** The session that the request presented. */
  session: ActiveSession | null;
  devices: KnownDevices;
  rateLimits: AuthRateLimits;
  outbox: Outbox;
  sessions: Sessions;
  tokens: Tokens;
  users: Users;
}

/** The only place where sessions start and where changed credentials take effect. Services of every feature call it. */
export class AccountAccess {
  constructor(private readonly parts: AccountAccessParts) {}

  /** Starts a session, in whichever way the user has proved their identity. */
  async signIn(user: User, { rememberMe = true }: SignInOptions = {}): Promise<SignedIn> {
    const { em, devices, sessions, users, session: presented } = this.parts;
    // Joins the transaction of the calling service, if there is one.
    const inTransaction = { propagation: TransactionPropagation.REQUIRED };
    return em.transactional(async () => {
      // A session that existed before the sign-in is never adopted (session fixation).
      if (presented) await sessions.end(presented.user.id, presented.id);
      // A new user has no sessions yet, and is saved together with the first one.
      if (!users.isNew(user)) {
        // Without the lock two concurrent sign-ins would each miss the session of the other.
        await users.lock(user);
        await sessions.evictOldest(user);
      }
      const { session, token } = sessions.start(user, { persistent: rememberMe });
      await em.flush();
      return { user: toPublicUser(user), session: toPublicSession(session), token, devices: devices.with(user) };
    }, inTransaction);
  }

  /** After a change of credentials: ends all sessions and tokens and notifies the owner. Call it inside a transaction. */
  async credentialsChanged(user: User): Promise<void> {
    const { em, sessions, tokens, users, outbox, rateLimits } = this.parts;
    users.bumpCredentialVersion(user);
    await em.flush();
    await sessions.endAll(user.id);
    await tokens.revokeAll(user);
    await rateLimits.resetPasswordAttempts(user.canonicalEmail);
    const address = mailableAddress(user);
    if (address !== null) outbox.add(passwordChangedMail, address);
    await em.flush();
  }
}
