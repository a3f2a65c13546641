import { LockMode } from '@mikro-orm/core';
import type { Config } from '../config.ts';
import { type Clock, HOUR } from '../core/clock.ts';
import { uuidV7 } from '../core/node.ts';
import { newSecret } from '../core/secret.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { ClientInfo } from '../request/client-info.ts';
import { Session } from './session.entity.ts';
import type { User } from './user.entity.ts';

/** What a person asked for with the "remember me" box unchecked: half a day, gone when the browser closes. */
export const SHORT_SESSION = 12 * HOUR;

/** ASVS 7.1.2 asks for a bound; the oldest gives way. */
const MOST_PER_USER = 50;

const IS_LIVE = 'expires_at > :now and last_used_at > :idleSince and credential_version = :credentialVersion';

/** In one statement, since every sign-in runs it. MySQL wants the table that it deletes from read at one remove. */
const MAKE_ROOM = `
  delete from sessions where user_id = :id and (
    not (${IS_LIVE})
    or id in (select id from (
      select id from sessions where user_id = :id and ${IS_LIVE}
      order by created_at desc, id desc limit ${MOST_PER_USER} offset ${MOST_PER_USER - 1}) as surplus))`;

export interface StartOptions {
  /** True: survives the browser's end and lives as long as is configured. */
  persistent: boolean;
}

/** Starts and ends sessions. Finding one is SessionLookup's, since every request does it. */
export class Sessions {
  constructor(
    private readonly em: EntityManager,
    private readonly config: Config['session'],
    private readonly clock: Clock,
    private readonly caller: ClientInfo,
  ) {}

  start(user: User, { persistent }: StartOptions): { session: Session; token: string } {
    const { token, hash } = newSecret();
    const now = this.clock.now();
    const lifetime = persistent ? this.config.lifetime : Math.min(SHORT_SESSION, this.config.lifetime);
    const session = this.em.create(Session, {
      id: uuidV7(),
      user,
      tokenHash: hash,
      credentialVersion: user.credentialVersion,
      persistent,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + lifetime),
      ipAddress: this.caller.ipAddress,
      userAgent: this.caller.userAgent,
    });
    return { session, token };
  }

  /** Ends one session. False when it was gone already. */
  async end(id: string): Promise<boolean> {
    return (await this.em.nativeDelete(Session, { id })) > 0;
  }

  async endAll(user: User): Promise<void> {
    await this.em.nativeDelete(Session, { user: user.id });
  }

  /** Makes room for one more: what is over goes, then the oldest. For inside a transaction. */
  async evictOldest(user: User): Promise<void> {
    // Two at once would each count without the other.
    await this.em.lock(user, LockMode.PESSIMISTIC_WRITE);
    const now = this.clock.now().getTime();
    const { id, credentialVersion } = user;
    const parameters = { id, credentialVersion, now, idleSince: now - this.config.idle };
    await this.em.getConnection().execute(MAKE_ROOM, parameters, 'run', this.em.getTransactionContext());
  }
}
