import { Outbox } from '../mail/outbox.ts';
import { AccountAccess } from './account-access.ts';
import { AccountDeletion } from './account-deletion.ts';
import { AccountEvents } from './account-events.ts';
import { AuthRateLimits } from './auth-rate-limits.ts';
import { EmailChanges } from './email-changes.ts';
import { KnownDevices } from './known-devices.ts';
import { Notices } from './notices.ts';
import { PasswordCheck } from './password-check.ts';
import { Passwords } from './passwords.ts';
import type { RequestScope } from './request-scope.ts';
import { Roles } from './roles.ts';
import { Sessions } from './sessions.ts';
import { SignInNotices } from './sign-in-notices.ts';
import { Tokens } from './tokens.ts';
import { Users } from './users.ts';

/** What the services of accounts are built from, for one request. A feature takes the parts that it needs. */
export type AuthParts = ReturnType<typeof createAuthParts>;

/** One set per request: every service of a request works on the same parts. */
export function authParts(scope: RequestScope): AuthParts {
  let parts = partsOfScope.get(scope);
  if (!parts) {
    parts = createAuthParts(scope);
    partsOfScope.set(scope, parts);
  }
  return parts;
}

const partsOfScope = new WeakMap<RequestScope, AuthParts>();

function createAuthParts({ app, em, client, session, requestId }: RequestScope) {
  const { options, clock, log, hasher, rateLimiterFor, notifyMailWorker } = app;
  const users = new Users(em, clock);
  const outbox = new Outbox(em, clock, notifyMailWorker);
  const parts = {
    em,
    client,
    session,
    options,
    clock,
    log,
    users,
    devices: new KnownDevices(client.devices, users, clock),
    emailChanges: new EmailChanges(em, clock),
    events: new AccountEvents(em, options, clock, { client, requestId }),
    rateLimits: new AuthRateLimits(rateLimiterFor(em), client),
    notices: new Notices(outbox),
    outbox,
    passwords: new Passwords(hasher, options),
    roles: new Roles(em),
    sessions: new Sessions(em, options, clock, client),
    tokens: new Tokens(em, clock),
  };
  return {
    ...parts,
    access: new AccountAccess({ ...parts, signInNotices: new SignInNotices(parts) }),
    accountDeletion: new AccountDeletion(parts),
    passwordCheck: new PasswordCheck(parts),
  };
}
