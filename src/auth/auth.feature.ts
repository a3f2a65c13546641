import type { Feature, RequestScope } from '../feature.ts';
import { Outbox } from '../mail/outbox.ts';
import { AccountAccess } from './account-access.ts';
import { passwordChangedMail, passwordResetMail } from './auth.mails.ts';
import { AuthService } from './auth.service.ts';
import { AuthRateLimits } from './auth-rate-limits.ts';
import { KnownDevices } from './known-devices.ts';
import { Passwords } from './passwords.ts';
import { Session } from './session.entity.ts';
import { Sessions } from './sessions.ts';
import { Token } from './token.entity.ts';
import { Tokens } from './tokens.ts';
import { User } from './user.entity.ts';
import { Users } from './users.ts';

/** Registering, signing in and out, resetting the password. */
export const authFeature = {
  entities: [User, Session, Token],
  loadResolvers: async () => [(await import('./auth.resolver.ts')).AuthResolver],
  mails: [passwordResetMail, passwordChangedMail],
  cleanup: [
    { entity: Session, key: 'id', expiresAt: 'expiresAt' },
    { entity: Token, key: 'id', expiresAt: 'expiresAt' },
  ],
  createService(scope) {
    const parts = authParts(scope);
    return new AuthService({ ...parts, access: new AccountAccess(parts) });
  },
} satisfies Feature<AuthService>;

/** The parts that the auth service is built from. */
function authParts({ app, em, client, session }: RequestScope) {
  const { options, clock, log, hasher, rateLimiterFor, notifyMailWorker } = app;
  const users = new Users(em, clock);
  return {
    em,
    session,
    options,
    clock,
    log,
    users,
    devices: new KnownDevices(client.devices, users, clock),
    rateLimits: new AuthRateLimits(rateLimiterFor(em), client),
    outbox: new Outbox(em, clock, notifyMailWorker),
    passwords: new Passwords(hasher, options),
    sessions: new Sessions(em, options, clock, client),
    tokens: new Tokens(em, clock),
  };
}
