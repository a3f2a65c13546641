import type { ClientInfo } from '../core/client-info.ts';
import { type Clock, HOUR } from '../core/clock.ts';
import { uuidV7 } from '../core/node.ts';
import { newSecret } from '../core/secret.ts';
import { isUuid } from '../core/uuid.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import { type PublicSession, toPublicSession } from './projection.ts';
import { Session } from './session.entity.ts';
import type { User } from './user.entity.ts';

/** Lifetime of a session without "remember me"; its cookie also ends with the browser. */
const SHORT_SESSION = 12 * HOUR;

/** Active sessions of one user; the oldest ends when another one starts. ASVS 7.1.2 requires a limit. */
const MAX_PER_USER = 50;

const IS_ACTIVE = 'expires_at > :now and last_used_at > :idleSince and credential_version = :credentialVersion';

/**
 * Deletes what is expired, then the oldest beyond the limit, in one statement, since every sign-in runs it. The derived
 * table is for MySQL, which cannot read the table that it deletes from.
 */
const EVICT = `
  delete from sessions where user_id = :id and (
    not (${IS_ACTIVE})
    or id in (select id from (
      select id from sessions where user_id = :id and ${IS_ACTIVE}
      order by created_at desc, id desc limit ${MAX_PER_USER} offset ${MAX_PER_USER - 1}) as evicted))`;

interface StartOptions {
  /** True: the cookie survives the browser, and the session has the configured lifetime. */
  persistent: boolean;
}

/** Starts, lists and ends sessions. SessionLookup finds a session by its token. */
export class Sessions {
  constructor(
    private readonly em: EntityManager,
    private readonly options: Pick<Options, 'sessionIdle' | 'sessionLifetime'>,
    private readonly clock: Clock,
    private readonly client: ClientInfo,
  ) {}

  /** Adds a session, without a flush, and returns its token in clear text, which nothing stores. */
  start(user: User, { persistent }: StartOptions): { session: Session; token: string } {
    const { token, hash } = newSecret();
    const now = this.clock.now();
    const lifetime = persistent ? this.options.sessionLifetime : Math.min(SHORT_SESSION, this.options.sessionLifetime);
    const session = this.em.create(Session, {
      id: uuidV7(),
      user,
      tokenHash: hash,
      credentialVersion: user.credentialVersion,
      persistent,
      createdAt: now,
      authenticatedAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + lifetime),
      ipAddress: this.client.ipAddress,
      userAgent: this.client.userAgent,
    });
    return { session, token };
  }

  /** The user's active sessions, most recently used first. */
  async activeOf(userId: string): Promise<PublicSession[]> {
    const now = this.clock.now();
    const idleSince = new Date(now.getTime() - this.options.sessionIdle);
    const where = { user: userId, expiresAt: { $gt: now }, lastUsedAt: { $gt: idleSince } };
    const found = await this.em.find(Session, where, { populate: ['user'] });
    return found
      .filter(({ credentialVersion, user }) => credentialVersion === user.credentialVersion)
      .sort((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime() || (a.id < b.id ? 1 : -1))
      .map(toPublicSession);
  }

  /** Stamps a session with a new proof of identity, and returns the time. Null when it has ended. */
  async confirm(id: string): Promise<Date | null> {
    const authenticatedAt = this.clock.now();
    return (await this.em.nativeUpdate(Session, { id }, { authenticatedAt })) === 1 ? authenticatedAt : null;
  }

  /** Whether the session has not been ended since the request began. Call it with the user locked. */
  async exists({ id }: Pick<Session, 'id'>): Promise<boolean> {
    return (await this.em.count(Session, { id })) > 0;
  }

  /** Ends one session of the user. False when the user has no session with this id. */
  async end(userId: string, id: string): Promise<boolean> {
    return isUuid(id) && (await this.em.nativeDelete(Session, { id, user: userId })) > 0;
  }

  /** Ends every session of the user, and returns how many. */
  endAll(userId: string): Promise<number> {
    return this.em.nativeDelete(Session, { user: userId });
  }

  /** Ends every session of the user but one, and returns how many. */
  endOthers(userId: string, keptId: string): Promise<number> {
    return this.em.nativeDelete(Session, { user: userId, id: { $ne: keptId } });
  }

  /** Makes room for one more session. Call it in a transaction that has locked the user, or two calls could miscount. */
  async evictOldest({ id, credentialVersion }: User): Promise<void> {
    const now = this.clock.now().getTime();
    const parameters = { id, credentialVersion, now, idleSince: now - this.options.sessionIdle };
    await this.em.getConnection().execute(EVICT, parameters, 'run', this.em.getTransactionContext());
  }
}
