import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ActiveSession } from '../auth/session-lookup.ts';
import { AuthError } from '../core/errors.ts';
import type { SessionCookie } from '../request/cookies.ts';
import type { Services } from '../services.ts';

/** What a resolver is given. */
export interface Context {
  /** The live session that the request came with, or null for a visitor. */
  readonly session: ActiveSession | null;
  readonly cookie: SessionCookie;
  /** Built when first asked for: a query that only reads the session needs none. */
  readonly services: Services;
  readonly requestId: string;
}

/** The request of an HTTP server of Node's, and the answer to it. */
export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  /** Named in errors and log lines; a new one when absent. */
  requestId?: string;
}

/** The session of a request that needs one. Throws UNAUTHENTICATED. */
export function signedIn({ session }: Pick<Context, 'session'>): ActiveSession {
  if (!session) throw new AuthError('UNAUTHENTICATED');
  return session;
}

interface ContextParts {
  session: ActiveSession | null;
  cookie: SessionCookie;
  requestId: string;
  buildServices: () => Services;
}

/** A class for its getter: Apollo copies a context, and a getter on the prototype survives that unasked. */
export class RequestContext implements Context {
  readonly session: ActiveSession | null;
  readonly cookie: SessionCookie;
  readonly requestId: string;
  private readonly buildServices: () => Services;
  private built?: Services;

  constructor({ session, cookie, requestId, buildServices }: ContextParts) {
    this.session = session;
    this.cookie = cookie;
    this.requestId = requestId;
    this.buildServices = buildServices;
  }

  get services(): Services {
    this.built ??= this.buildServices();
    return this.built;
  }
}
