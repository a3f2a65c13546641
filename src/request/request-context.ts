import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ActiveSession } from '../auth/projection.ts';
import type { AppContext, RequestScope } from '../auth/request-scope.ts';
import type { SessionLookup } from '../auth/session-lookup.ts';
import type { ClientInfo } from '../core/client-info.ts';
import { createServices, type Services } from '../features.ts';
import type { Context } from '../graphql/context.ts';
import type { Database, EntityManager } from '../persistence/database.ts';
import { work } from '../work.ts';
import { ClientInfoReader } from './client-info.ts';
import { cookieFormat, cookieValue, SessionCookie } from './cookies.ts';
import { HttpError } from './error-response.ts';
import { type ContextSource, type IncomingRequest, readRequest } from './incoming-request.ts';
import { OriginCheck } from './origin-check.ts';

/** The length of the column in account_events. */
const MAX_REQUEST_ID_LENGTH = 64;

/** Makes the context of a request: checks its origin, finds its session, and prepares the services. */
export class RequestContexts {
  private readonly cookieFormat;
  private readonly clientInfo;
  private readonly originCheck;

  constructor(
    private readonly app: AppContext,
    private readonly database: Database,
    private readonly sessions: SessionLookup,
  ) {
    this.cookieFormat = cookieFormat(app.options);
    this.clientInfo = new ClientInfoReader(app.options.trustedProxies, app.log);
    this.originCheck = new OriginCheck(app.options);
  }

  async create(source: ContextSource): Promise<Context<Services>> {
    const request = readRequest(source);
    if (needsOriginCheck(request)) this.originCheck.check(request);
    const requestId = source.requestId?.slice(0, MAX_REQUEST_ID_LENGTH) || randomUUID();
    const { token, fromCookie } = presentedToken(request.headers, this.cookieFormat.name);
    // Captured now: a closed connection has no address any more, and rate limits need one.
    const client = this.clientOf(request);
    const session = token === undefined ? null : await this.sessions.find(token);
    const { clock } = this.app;
    const cookie = new SessionCookie(this.cookieFormat, request.cookies, clock, fromCookie);
    if (!session) cookie.clearStale();
    return { session, cookie, services: createServices(this.scope(session, client, requestId)), requestId };
  }

  /** Services for a host program, in one transaction, which is rolled back when the job throws. */
  async work<T>(job: (services: Services) => Promise<T>): Promise<T> {
    const result = await work(this.app, this.database, job);
    this.app.notifyMailWorker();
    return result;
  }

  private clientOf({ headers, peerAddress }: IncomingRequest): () => ClientInfo {
    return () => ({
      ...this.clientInfo.read(peerAddress, headers),
      devices: cookieValue(headers.cookie, this.cookieFormat.devices),
    });
  }

  private scope(session: ActiveSession | null, readClient: () => ClientInfo, requestId: string): RequestScope {
    return new LazyScope(this.app, session, requestId, readClient, this.database);
  }
}

/** Most requests only read their session: EntityManager and client are made when they are first used. */
class LazyScope implements RequestScope {
  private entityManager?: EntityManager;
  private clientInfo?: ClientInfo;

  constructor(
    readonly app: AppContext,
    readonly session: ActiveSession | null,
    readonly requestId: string,
    private readonly readClient: () => ClientInfo,
    private readonly database: Database,
  ) {}

  get em(): EntityManager {
    this.entityManager ??= this.database.orm.em.fork({ useContext: true });
    return this.entityManager;
  }

  get client(): ClientInfo {
    this.clientInfo ??= this.readClient();
    return this.clientInfo;
  }
}

/** True for all but plain reads. A WebSocket upgrade is a GET too, but operations sent over it act for the user. */
const needsOriginCheck = ({ method, headers }: IncomingRequest) =>
  (method !== 'GET' && method !== 'HEAD') || headers.upgrade !== undefined;

const BEARER = /^Bearer(?: +(\S+))? *$/i;

/** The session token of a request. Two tokens are refused, because either choice could surprise the client. */
function presentedToken(headers: IncomingHttpHeaders, cookieName: string): { token?: string; fromCookie: boolean } {
  const cookie = cookieValue(headers.cookie, cookieName);
  // Other schemes, such as Basic, are for a proxy in front.
  const bearer = BEARER.exec(headers.authorization ?? '');
  if (!bearer) return { token: cookie, fromCookie: cookie !== undefined };
  if (cookie !== undefined) throw new HttpError(400, 'Send the session as a cookie or as Authorization, not both.');
  return { token: bearer[1], fromCookie: false };
}
