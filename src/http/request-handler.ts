import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { describeError, type Log } from '../core/log.ts';
import type { Auth } from '../create-auth.ts';
import type { Options } from '../options.ts';
import { featureRoutes } from '../registry.ts';
import { type ErrorResponse, errorExtensions, errorResponse, notFound } from '../request/error-response.ts';
import { OriginCheck } from '../request/origin-check.ts';
import type { HttpExchange } from '../request/route.ts';
import { accountPageRoutes } from './account-pages/page-routes.ts';
import { brandOf } from './brand.ts';
import { closeAfter, sendJson, wantsHtml } from './exchange.ts';
import { GraphqlEndpoint } from './graphql.ts';
import { healthRoutes } from './health.ts';
import { LoadShedder } from './load-shedder.ts';
import { mailboxRoutes } from './mailbox.ts';
import { MAILBOX_PATH } from './mailbox-page.ts';
import { STATUS_CODES } from './node-http.ts';
import { Playground } from './playground.ts';
import type { QueryFastPath } from './query-fast-path.ts';
import { checkRequestLine, splitTarget } from './request-line.ts';
import { restRoutes } from './rest.ts';
import { type RouteMatch, Router, routeFor, type ServerRoute } from './router.ts';
import { PROTECTIVE_HEADERS } from './security-headers.ts';
import { ServerPages } from './server-pages.ts';
import { welcomeRoute } from './welcome.ts';

/** Node's codes for input that it could not parse as a request. */
const CLIENT_ERRORS: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

/** State of the server that routes depend on. */
export interface ServerState {
  /** The server finishes requests in flight; /readyz responds 503, so that load balancers send no new ones. */
  readonly stopping: boolean;
  /** Number of open connections. */
  readonly connections: number;
}

/** Handles every request: headers, request id, origin check, errors and the log line are the same for all routes. */
export class RequestHandler {
  private readonly graphql: GraphqlEndpoint;
  private readonly origins: OriginCheck;
  private readonly pages: ServerPages;
  private readonly playground?: Playground;
  private readonly router: Router;
  private readonly headers: [string, string][];
  private readonly loadShedder: LoadShedder;
  private readonly log: Log;

  constructor(auth: Auth, options: Options, server: ServerState, queryFastPath: QueryFastPath) {
    this.log = auth.log;
    this.loadShedder = new LoadShedder(() => server.connections);
    this.graphql = new GraphqlEndpoint(auth, options, this.loadShedder, queryFastPath);
    this.origins = new OriginCheck(options);
    this.headers = securityHeaders(options);
    if (options.playground) this.playground = new Playground(auth.devMailbox && MAILBOX_PATH);
    const brand = brandOf(auth.pageOptions);
    // The file of a logo is served with the account pages.
    this.pages = new ServerPages(options.pages ? brand : { ...brand, logo: undefined });
    this.router = new Router([
      welcomeRoute({ ...options, name: brand.name, mailbox: auth.devMailbox !== undefined }, this.pages),
      ...this.graphqlRoutes(),
      ...healthRoutes(auth, server),
      ...(this.playground?.routes ?? []),
      ...(options.rest ? restRoutes(auth, options) : []),
      ...featureRoutes(source => auth.context(source)),
      ...(auth.devMailbox ? mailboxRoutes(auth.devMailbox, options, this.pages) : []),
      ...(options.pages ? accountPageRoutes(auth, '/graphql') : []),
    ]);
  }

  start(): Promise<void> {
    return this.graphql.start();
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { path, search } = splitTarget(req.url ?? '/');
    const match = this.router.match(path);
    const requestId = randomUUID();
    const exchange = { req, res, path, search, requestId, line: { requestId, method: req.method, path: match?.path } };
    for (const [name, value] of this.headers) res.setHeader(name, value);
    res.setHeader('x-request-id', requestId);
    this.logWhenDone(exchange, match);
    try {
      await this.dispatch(exchange, match);
    } catch (error) {
      await this.handleError(exchange, match, error);
    }
  }

  /**
   * Responds on a raw socket when Node could not parse an HTTP request (`clientError`). `pending` is the response to the
   * previous request on the connection, or to the one whose body was malformed.
   */
  handleClientError({ code = '' }: NodeJS.ErrnoException, socket: Duplex, pending?: ServerResponse): void {
    // Garbage after a complete request does not prevent its response.
    if (pending?.req.complete) return void closeAfter(pending);
    // A malformed body can still be refused as long as no response has begun.
    if (!socket.writable || pending?.headersSent) return void socket.destroy();
    const [status, message] = CLIENT_ERRORS[code] ?? [400, 'This is not an HTTP request.'];
    const requestId = String(pending?.getHeader('x-request-id') ?? randomUUID());
    socket.end(this.rawResponse(status, message, requestId));
    // A request that had begun has its own log line.
    if (pending) pending.statusCode = status;
    else this.log.info('request completed', { requestId, status });
  }

  private graphqlRoutes(): ServerRoute[] {
    const errorBody = (error: ErrorResponse, requestId: string) => ({
      errors: [{ message: error.message, extensions: { ...errorExtensions(error), requestId } }],
    });
    const handle = (exchange: HttpExchange) => this.handleGraphql(exchange);
    return [
      { method: 'GET', path: '/graphql', head: false, errorBody, handle },
      { method: 'POST', path: '/graphql', errorBody, handle },
    ];
  }

  private async handleGraphql(exchange: HttpExchange): Promise<void> {
    if (exchange.req.method === 'GET' && wantsHtml(exchange) && this.playground) return this.playground.send(exchange);
    // A query by GET reads with the cookie's authority, so it is checked like a POST.
    this.origins.check(exchange.req);
    await this.graphql.handle(exchange);
  }

  private async dispatch(exchange: HttpExchange, match: RouteMatch | undefined): Promise<void> {
    const { method } = exchange.req;
    checkRequestLine(exchange.req);
    this.origins.setCorsHeaders(exchange);
    if (method === 'OPTIONS') return this.origins.respondToPreflight(exchange);
    if (method !== 'GET' && method !== 'HEAD') this.origins.check(exchange.req);
    if (!match) throw notFound();
    await routeFor(match, method).handle(exchange, match.parameters);
  }

  /** Responds to refused requests and to failures, as a page for a browser and as JSON otherwise. */
  private async handleError(exchange: HttpExchange, match: RouteMatch | undefined, thrown: unknown): Promise<void> {
    const { res, requestId, line } = exchange;
    const error = errorResponse(thrown);
    const { status, message, code, headers, cause } = error;
    line.code = code;
    if (cause !== undefined) this.log.error('request failed', { requestId, code, ...describeError(cause) });
    if (res.headersSent) return void res.destroy();
    await this.loadShedder.delay(code);
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    if (wantsHtml(exchange)) return this.pages.sendError(exchange, status, message);
    sendJson(exchange, status, match?.routes[0]?.errorBody?.(error, requestId) ?? { message });
  }

  private logWhenDone({ res, line }: HttpExchange, match: RouteMatch | undefined): void {
    const startedAt = performance.now();
    const level = match?.routes[0]?.logLevel ?? 'info';
    res.once('close', () => {
      line.status = res.statusCode;
      line.ms = Math.round((performance.now() - startedAt) * 10) / 10;
      this.log[level](res.writableFinished ? 'request completed' : 'client disconnected', line);
    });
  }

  private rawResponse(status: number, message: string, requestId: string): string {
    const body = JSON.stringify({ message });
    const headers: [string, string | number][] = [
      ...this.headers,
      ['x-request-id', requestId],
      ['content-type', 'application/json; charset=utf-8'],
      ['content-length', Buffer.byteLength(body)],
      ['connection', 'close'],
    ];
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
  }
}

function securityHeaders({ publicUrl }: Options): [string, string][] {
  const https: [string, string][] = [['strict-transport-security', 'max-age=31536000']];
  return [...PROTECTIVE_HEADERS, ...(publicUrl.startsWith('https:') ? https : [])];
}
