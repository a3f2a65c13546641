import type { Constructor } from '@mikro-orm/core';
import type { Hasher } from './auth/hasher.ts';
import type { ActiveSession } from './auth/projection.ts';
import type { ClientInfo } from './core/client-info.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import type { Context } from './graphql/context.ts';
import type { MailTemplate } from './mail/mail-template.ts';
import type { Options } from './options.ts';
import type { CleanupRule } from './persistence/cleanup-job.ts';
import type { EntityManager } from './persistence/database.ts';
import type { RateLimiter } from './rate-limits/rate-limiter.ts';
import type { NodeRequest } from './request/incoming-request.ts';
import type { Route } from './request/route.ts';

/** What all requests share. */
export interface AppContext {
  readonly options: Options;
  readonly clock: Clock;
  readonly log: Log;
  readonly hasher: Hasher;
  /** The rate limiter that counts within one request's unit of work. */
  readonly rateLimiterFor: (em: EntityManager) => RateLimiter;
  /** Makes the mail worker check the outbox now. Call it after the commit. */
  readonly notifyMailWorker: () => void;
}

/** What belongs to one request, or to one `auth.work()` call. */
export interface RequestScope {
  readonly app: AppContext;
  readonly em: EntityManager;
  /** The session that the request presented, or null for a visitor. */
  readonly session: ActiveSession | null;
  readonly client: ClientInfo;
  readonly requestId: string;
}

/**
 * A part of the service that users can see, with its tables, operations and mails. A feature registers in `features.ts`
 * and nowhere else; its settings are entries in `options.ts`. `Needs` names the services of other
 * features that it calls.
 */
export interface Feature<Service extends object = object, Needs = unknown> {
  readonly entities?: readonly Constructor[];
  /**
   * Imports the type-graphql resolver classes, which call `context.services.<name>`. A function, so that commands that
   * only use the database do not load GraphQL.
   */
  readonly loadResolvers?: () => Promise<readonly Constructor[]>;
  readonly mails?: readonly MailTemplate[];
  /** Rows that expire, for the cleanup job. */
  readonly cleanup?: readonly CleanupRule[];
  /** HTTP routes of the stand-alone server, such as callbacks. `contextOf` makes the context of a request. */
  readonly routes?: (contextOf: (source: NodeRequest) => Promise<Context>) => readonly Route[];
  /** Builds the service for one request, when it is first used. */
  createService(scope: RequestScope, services: Needs): Service;
}
