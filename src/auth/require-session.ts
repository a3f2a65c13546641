import { AuthError } from '../core/errors.ts';
import type { ActiveSession } from './projection.ts';

/** The session of a request that needs one. Throws UNAUTHENTICATED for a visitor. */
export function requireSession(session: ActiveSession | null): ActiveSession {
  if (!session) throw new AuthError('UNAUTHENTICATED');
  return session;
}
