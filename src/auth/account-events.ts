import { raw } from '@mikro-orm/core';
import { type ClientInfo, isProgram, PROGRAM } from '../core/client-info.ts';
import type { Clock } from '../core/clock.ts';
import { monotonicUuidV7 } from '../core/node.ts';
import { type Page, type PageRequest, readPage } from '../core/page.ts';
import { isUuid } from '../core/uuid.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import { forceIndex } from '../persistence/force-index.ts';
import type { JsonObject } from '../persistence/json-text.ts';
import { executeRelaxed } from '../persistence/relaxed-durability.ts';
import { AccountEvent } from './account-event.entity.ts';

/** What can happen to an account, with the description that the schema shows. */
export const ACCOUNT_EVENTS = {
  REGISTERED: 'The account was created.',
  SIGNED_IN: 'A session was started.',
  SIGN_IN_FAILED: 'A sign-in was refused.',
  SIGNED_OUT: 'A session was ended by its owner, in the browser that it belonged to.',
  SESSION_REVOKED: 'A session was ended from elsewhere.',
  REAUTHENTICATED: 'The password was confirmed again.',
  PASSWORD_CHANGED: 'The password was changed by its owner.',
  PASSWORD_RESET_REQUESTED: 'A link that sets a new password was requested.',
  PASSWORD_RESET: 'A new password was set with a link.',
  EMAIL_VERIFIED: 'The e-mail address was verified.',
  EMAIL_CHANGE_REQUESTED: 'A change of the e-mail address was requested.',
  EMAIL_CHANGED: 'The e-mail address was changed.',
  EMAIL_CHANGE_REVERTED: 'A change of the e-mail address was cancelled or taken back.',
  PROFILE_UPDATED: 'Name or language was changed.',
  DATA_EXPORTED: 'The data of the account was exported.',
  DELETED: 'The account was deleted.',
  DISABLED: 'The account was disabled.',
  ENABLED: 'The account was enabled again.',
  ROLES_CHANGED: 'The roles of the account were changed.',
};

export type AccountEventType = keyof typeof ACCOUNT_EVENTS;

/** Who caused an event. */
export type EventActor = 'USER' | 'ADMIN' | 'SERVICE' | 'VISITOR';

/** The request that caused an event. */
interface EventRequest {
  readonly client: Pick<ClientInfo, 'ipAddress' | 'userAgent' | 'network'>;
  readonly requestId: string;
}

/** Who acts. */
export interface Actor {
  actor: EventActor;
  /** Of the administrator. */
  actorId?: string | null;
}

/** An event as a plain object, with the columns that leave the service. */
export interface PublicEvent extends Pick<AccountEvent, 'id' | 'at' | 'userId' | 'ipAddress' | 'userAgent'> {
  type: AccountEventType;
  actor: EventActor;
}

/** The events of a list; null for any. */
export interface EventFilter {
  userId?: string | null;
  type?: AccountEventType | null;
}

/** What a queued mail holds of the request that caused it. */
type DeferredPayload = {
  actor: EventActor;
  actorId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  requestId: string;
};

/** A queued mail whose payload comes from `deferred`. */
interface DeferredEvent {
  readonly id: string;
  readonly createdAt: Date;
  readonly payload: JsonObject | null;
}

const SIGN_INS: readonly string[] = ['REGISTERED', 'SIGNED_IN'];

/** The type inside an expression, which no index covers: the query then uses the index on the user. */
const UNINDEXED_TYPE = "coalesce(type, '')";

const OF_USER = forceIndex('account_events_user_id_id_index');
const OF_TYPE = forceIndex('account_events_type_id_index');

/** Records what happens to accounts, in the transaction in which it happens. Owns the queries on `account_events`. */
export class AccountEvents {
  constructor(
    private readonly em: EntityManager,
    private readonly options: Pick<Options, 'eventsKeep'>,
    private readonly clock: Clock,
    private readonly source: EventRequest = { client: PROGRAM, requestId: '' },
  ) {}

  /** Adds an event, without a flush. By default the user is the one who acts, or the service in a program. */
  record(type: AccountEventType, userId: string, by: Actor = this.byUser()): void {
    this.em.create(AccountEvent, this.row(type, userId, by));
  }

  /** What a mail's template needs to record its event later, when it knows the account. */
  deferred({ actor, actorId = null }: Actor): DeferredPayload {
    const { client, requestId } = this.source;
    return { actor, actorId, ipAddress: client.ipAddress, userAgent: client.userAgent, requestId };
  }

  /** Adds the event of a request that queued a mail, once, however often the mail is rendered. */
  async recordDeferred(
    type: AccountEventType,
    userId: string,
    { id, createdAt, payload }: DeferredEvent,
  ): Promise<void> {
    if (payload === null || (await this.em.count(AccountEvent, { id })) > 0) return;
    const { actor, actorId, ...source } = payload as DeferredPayload;
    this.em.create(AccountEvent, { ...this.row(type, userId, { actor, actorId }), ...source, id, at: createdAt });
  }

  /**
   * Saves at once that a visitor could not sign in; null for an address without an account, so that both take the same
   * time. The response does not wait for the disk: a power cut may lose the event.
   */
  async recordFailedSignIn(userId: string | null): Promise<void> {
    // The account may have been deleted while the password was checked.
    const existing = raw('(select id from users where id = ?)', [userId]);
    const row = { ...this.row('SIGN_IN_FAILED', null, { actor: 'VISITOR' }), userId: existing };
    const { sql, params } = this.em.createQueryBuilder(AccountEvent).insert(row).toQuery();
    await executeRelaxed(this.em, sql, [...params]);
  }

  /** Whether the user has signed in or registered before with the address and user agent of this request. */
  async isKnownClient(userId: string): Promise<boolean> {
    const { ipAddress, userAgent } = this.source.client;
    const where = { userId, ipAddress, userAgent, [raw(UNINDEXED_TYPE)]: { $in: SIGN_INS } };
    const newest = { orderBy: { id: 'desc' }, indexHint: OF_USER, disableIdentityMap: true } as const;
    const event = await this.em.findOne(AccountEvent, where, newest);
    return event !== null && event.expiresAt > this.clock.now();
  }

  /** Failed sign-ins since the last successful one; `limit` at most, found among the newest `2 * limit` events. */
  async countFailuresSinceSignIn(userId: string, limit: number): Promise<number> {
    const newest = { orderBy: { id: 'desc' }, limit: 2 * limit, disableIdentityMap: true } as const;
    const types = (await this.em.find(AccountEvent, { userId }, newest)).map(({ type }) => type);
    const lastSignIn = types.findIndex(type => SIGN_INS.includes(type));
    const since = lastSignIn < 0 ? types : types.slice(0, lastSignIn);
    return Math.min(limit, since.filter(type => type === 'SIGN_IN_FAILED').length);
  }

  /** Removes a deleted user from their events, and from those that they caused on other accounts. */
  async forget(userId: string): Promise<void> {
    const client = { ipAddress: null, userAgent: null };
    await this.em.nativeUpdate(AccountEvent, { userId }, { userId: null, ...client });
    await this.em.nativeUpdate(AccountEvent, { actorId: userId }, { actorId: null, ...client });
  }

  /** A page of events, newest first. An id that cannot be one has no events. Throws BAD_USER_INPUT. */
  page({ userId = null, type = null }: EventFilter, request: PageRequest): Promise<Page<PublicEvent>> {
    return readPage('events', request, async ({ before, limit }) => {
      if (userId !== null && !isUuid(userId)) return [];
      const where = {
        ...(userId !== null && { userId }),
        ...(type !== null && (userId === null ? { type } : { [raw(UNINDEXED_TYPE)]: type })),
        ...(before !== null && { id: { $lt: before } }),
      };
      const indexHint = userId !== null ? OF_USER : type !== null ? OF_TYPE : undefined;
      const events = await this.em.find(AccountEvent, where, { orderBy: { id: 'desc' }, limit, indexHint });
      return events.map(toPublicEvent);
    });
  }

  private row(type: AccountEventType, userId: string | null, { actor, actorId = null }: Actor) {
    const { client, requestId } = this.source;
    const at = this.clock.now();
    return {
      id: monotonicUuidV7(),
      type,
      at,
      userId,
      actor,
      actorId,
      ipAddress: client.ipAddress,
      userAgent: client.userAgent,
      requestId,
      expiresAt: new Date(at.getTime() + this.options.eventsKeep),
    };
  }

  private byUser(): Actor {
    return { actor: isProgram(this.source.client) ? 'SERVICE' : 'USER' };
  }
}

const toPublicEvent = ({ id, type, at, userId, actor, ipAddress, userAgent }: AccountEvent): PublicEvent => ({
  id,
  type: type as AccountEventType,
  at,
  userId,
  actor: actor as EventActor,
  ipAddress,
  userAgent,
});
