import type { ClientInfo } from '../core/client-info.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { PersonalData } from '../persistence/personal-data.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import type { Hasher } from './hasher.ts';
import type { ActiveSession } from './projection.ts';

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
  /** What all tables hold about people. */
  readonly personalData: readonly PersonalData[];
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
