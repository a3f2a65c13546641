import { AuthService } from './auth/auth.service.ts';
import { AuthRateLimits } from './auth/auth-rate-limits.ts';
import { KnownDevices } from './auth/known-devices.ts';
import type { Passwords } from './auth/passwords.ts';
import type { ActiveSession } from './auth/session-lookup.ts';
import { Sessions } from './auth/sessions.ts';
import { Tokens } from './auth/tokens.ts';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import { Outbox } from './mail/outbox.ts';
import type { EntityManager } from './persistence/database.ts';
import type { RateLimiter } from './rate-limits/database-rate-limiter.ts';
import type { ClientInfo } from './request/client-info.ts';

/** What is asked for one request, or one work() call. */
export interface Services {
  readonly auth: AuthService;
}

/** What lives as long as the house. */
export interface Household {
  config: Config;
  clock: Clock;
  log: Log;
  passwords: Passwords;
  /** Where tries are counted. */
  rateLimiterFor: (em: EntityManager) => RateLimiter;
  notifyMailWorker: () => void;
}

/** Builds the services around one EntityManager and one caller. */
export function buildServices(
  house: Household,
  em: EntityManager,
  caller: ClientInfo,
  session: ActiveSession | null,
): Services {
  const { config, clock, log, passwords, rateLimiterFor, notifyMailWorker } = house;
  return {
    auth: new AuthService({
      em,
      session,
      config,
      clock,
      log,
      devices: new KnownDevices(caller.devices, em, clock),
      limits: new AuthRateLimits(rateLimiterFor(em), caller),
      outbox: new Outbox(em, clock, notifyMailWorker),
      passwords,
      sessions: new Sessions(em, config.session, clock, caller),
      tokens: new Tokens(em, clock),
    }),
  };
}
