import type { ActiveSession } from '../auth/projection.ts';
import { requireSession } from '../auth/require-session.ts';
import type { SessionCookie } from '../request/cookies.ts';

/**
 * The context that resolvers receive. A plain object with own properties, so that a host program can spread it into a
 * context of its own. `Services` names the services that a resolver calls, by feature.
 */
export interface Context<Services = unknown> {
  /** The active session of the request, or null for a visitor. */
  readonly session: ActiveSession | null;
  /** The session cookie of the response. */
  readonly cookie: SessionCookie;
  /** One service per feature; each is built when first used. */
  readonly services: Services;
  /** Appears in errors and log lines. */
  readonly requestId: string;
}

/**
 * The session of a request that needs one: the rule behind `@Authorized()` and the REST routes. Throws UNAUTHENTICATED.
 */
export const signedIn = ({ session }: Pick<Context, 'session'>): ActiveSession => requireSession(session);
