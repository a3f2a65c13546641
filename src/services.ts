import { AuthService } from './auth/auth.service.ts';
import { KnownDevices } from './auth/known-devices.ts';
import { Limits } from './auth/limits.ts';
import type { Passwords } from './auth/passwords.ts';
import type { OpenSession } from './auth/session-lookup.ts';
import { Sessions } from './auth/sessions.ts';
import { Tokens } from './auth/tokens.ts';
import type { Caller } from './caller.ts';
import type { Config } from './config.ts';
import type { EntityManager } from './database.ts';
import type { Log } from './log.ts';
import { Outbox } from './mail/outbox.ts';
import type { Clock } from './ports/clock.ts';
import type { Limiter } from './ports/limiter.ts';

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
  limiterFor: (em: EntityManager) => Limiter;
  wakeCourier: () => void;
}

/** Builds the services around one EntityManager and one caller. */
export function buildServices(
  house: Household,
  em: EntityManager,
  caller: Caller,
  session: OpenSession | null,
): Services {
  const { config, clock, log, passwords, limiterFor, wakeCourier } = house;
  return {
    auth: new AuthService({
      em,
      session,
      config,
      clock,
      log,
      devices: new KnownDevices(caller.devices, em, clock),
      limits: new Limits(limiterFor(em), caller),
      outbox: new Outbox(em, clock, wakeCourier),
      passwords,
      sessions: new Sessions(em, config.session, clock, caller),
      tokens: new Tokens(em, clock),
    }),
  };
}
