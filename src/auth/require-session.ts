import type { Clock } from '../core/clock.ts';
import { MINUTE } from '../core/clock.ts';
import { AuthError } from '../core/errors.ts';
import type { ActiveSession } from './projection.ts';

/** How long a proof of identity permits the operations that ask for a recent one. */
const RECENT = 5 * MINUTE;

/** The session of a request that needs one. Throws UNAUTHENTICATED for a visitor. */
export function requireSession(session: ActiveSession | null): ActiveSession {
  if (!session) throw new AuthError('UNAUTHENTICATED');
  return session;
}

/**
 * The session of a request that needs a sign-in, or a confirmation of the password, within the last five minutes. Throws
 * UNAUTHENTICATED, RECENT_AUTH_REQUIRED.
 */
export function requireRecentSession(session: ActiveSession | null, clock: Clock): ActiveSession {
  const current = requireSession(session);
  const age = clock.now().getTime() - current.authenticatedAt.getTime();
  if (age > RECENT || age < -RECENT) throw new AuthError('RECENT_AUTH_REQUIRED');
  return current;
}

/** The session of a request that needs one of the roles. Throws UNAUTHENTICATED, FORBIDDEN. */
export function requireRole(session: ActiveSession | null, ...roles: readonly string[]): ActiveSession {
  const current = requireSession(session);
  if (!roles.some(role => current.user.roles.includes(role))) throw new AuthError('FORBIDDEN');
  return current;
}
