import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MINUTE } from '../core/clock.ts';
import { describeError, type Log } from '../core/log.ts';
import type { Auth } from '../create-auth.ts';
import type { Options } from '../options.ts';
import { errorResponse } from '../request/error-response.ts';
import { OriginCheck } from '../request/origin-check.ts';
import { closeAfter, type Handler, type HttpExchange, sendJson, wantsHtml } from './exchange.ts';
import { GraphqlEndpoint } from './graphql.ts';
import { livez, readyz } from './health.ts';
import { LoadShedder } from './load-shedder.ts';
import { mailboxHandler } from './mailbox.ts';
import { STATUS_CODES } from './node-http.ts';
import { playgroundHandlers, playgroundPage } from './playground.ts';
import type { QueryFastPath } from './query-fast-path.ts';
import { checkRequestLine, splitTarget } from './request-line.ts';
import { RestRoutes } from './rest.ts';

/** What Node calls what it cannot read as a request. */
const NO_REQUEST: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

/** What the surfaces want to know of the server they belong to. */
export interface ServerState {
  /** It finishes what is in flight, and should get nothing new. */
  readonly stopping: boolean;
  /** How many are open. */
  readonly connections: number;
}

/** All surfaces behind one door: headers, request id, origin, errors and the log line are the same for each. */
export class RequestHandler {
  private readonly graphql: GraphqlEndpoint;
  private readonly origins: OriginCheck;
  private readonly handlers: Map<string, Handler>;
  private readonly headers: [string, string][];
  private readonly pressure: LoadShedder;
  private quietUntil = 0;

  constructor(
    auth: Auth,
    private readonly options: Options,
    private readonly log: Log,
    server: ServerState,
    queryFastPath: QueryFastPath,
  ) {
    this.pressure = new LoadShedder(() => server.connections);
    this.graphql = new GraphqlEndpoint(auth, options, log, this.pressure, queryFastPath);
    this.origins = new OriginCheck(options);
    this.headers = securityHeaders(options);
    this.handlers = new Map(
      Object.entries({
        '/graphql': exchange => this.handleGraphql(exchange),
        '/livez': livez,
        '/readyz': readyz(auth, server),
        ...(options.playground && playgroundHandlers()),
        ...(options.rest && new RestRoutes(auth, options).handlers),
        ...(auth.devMailbox && { '/dev/mailbox': mailboxHandler(auth.devMailbox, options) }),
      } satisfies Record<string, Handler>),
    );
  }

  start(): Promise<void> {
    return this.graphql.start();
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const exchange = this.createExchange(req, res);
    try {
      await this.route(exchange);
    } catch (error) {
      await this.handleError(exchange, error);
    }
  }

  /**
   * Answers what is no request: there is a socket, and nothing else that could be asked. `underWay`: the answer to the
   * request that came before on it, or whose body it turned out to be.
   */
  handleClientError({ code = '' }: NodeJS.ErrnoException, socket: Duplex, underWay?: ServerResponse): void {
    // What follows a whole request does not take its answer away.
    if (underWay?.req.complete) return void closeAfter(underWay);
    // A body that turns out to be none can still be refused, before anything was said.
    if (!socket.writable || underWay?.headersSent) return void socket.destroy();
    const [status, message] = NO_REQUEST[code] ?? [400, 'This is not an HTTP request.'];
    const requestId = String(underWay?.getHeader('x-request-id') ?? randomUUID());
    const body = JSON.stringify({ message });
    const headers: [string, string | number][] = [
      ...this.headers,
      ['x-request-id', requestId],
      ['content-type', 'application/json; charset=utf-8'],
      ['content-length', Buffer.byteLength(body)],
      ['connection', 'close'],
    ];
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`);
    // A request that had begun has a line of its own.
    if (underWay) underWay.statusCode = status;
    else this.log.info('request completed', { requestId, status });
  }

  /** Says, once a minute at most, that connection limit reached. */
  warnConnectionLimit(connections: number): void {
    if (performance.now() < this.quietUntil) return;
    this.quietUntil = performance.now() + MINUTE;
    this.log.warn('connection limit reached', { connections });
  }

  private createExchange(req: IncomingMessage, res: ServerResponse): HttpExchange {
    const started = performance.now();
    const requestId = randomUUID();
    const { path, search } = splitTarget(req.url ?? '/');
    const line = { requestId, method: req.method };
    for (const [name, value] of this.headers) res.setHeader(name, value);
    res.setHeader('x-request-id', requestId);
    const exchange: HttpExchange = { req, res, path, search, requestId, line };
    res.once('close', () => {
      exchange.line.path = this.handlers.has(path) ? path : undefined;
      exchange.line.status = res.statusCode;
      exchange.line.ms = Math.round((performance.now() - started) * 10) / 10;
      this.log.info(res.writableFinished ? 'request completed' : 'client disconnected', exchange.line);
    });
    return exchange;
  }

  private async route(exchange: HttpExchange): Promise<void> {
    const { method } = exchange.req;
    checkRequestLine(exchange.req);
    this.origins.allowReading(exchange);
    if (method === 'OPTIONS') return this.origins.answerPreflight(exchange);
    if (method !== 'GET' && method !== 'HEAD') this.origins.check(exchange.req);

    const handler = this.handlers.get(exchange.path);
    if (!handler) return sendJson(exchange, 404, { message: 'There is nothing at this address.' });
    await handler(exchange);
  }

  private async handleGraphql(exchange: HttpExchange): Promise<void> {
    const reads = exchange.req.method === 'GET' || exchange.req.method === 'HEAD';
    if (this.options.playground && reads && wantsHtml(exchange)) return playgroundPage(exchange);
    // A query by GET reads with the cookie's authority, so it is no free pass either.
    this.origins.check(exchange.req);
    await this.graphql.handle(exchange);
  }

  /** Whatever a surface did not answer itself: refused requests, a database that is away, and the unforeseen. */
  private async handleError(exchange: HttpExchange, error: unknown): Promise<void> {
    const { res, requestId, line } = exchange;
    const { status, message, code, headers, cause } = errorResponse(error);
    line.code = code;
    if (cause !== undefined) this.log.error('request failed', { requestId, code, ...describeError(cause) });
    if (res.headersSent) return void res.destroy();
    await this.pressure.delay(code);
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    const graphql = exchange.path === '/graphql';
    sendJson(exchange, status, graphql ? { errors: [{ message, extensions: { code, requestId } }] } : { message });
  }
}

/** OWASP's headers for an API: nothing of it is to be framed, sniffed, cached, or embedded by other sites. */
function securityHeaders({ publicUrl }: Options): [string, string][] {
  const headers: [string, string][] = [
    ['cache-control', 'no-store'],
    ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ['cross-origin-resource-policy', 'same-origin'],
    ['referrer-policy', 'no-referrer'],
    ['x-content-type-options', 'nosniff'],
  ];
  if (publicUrl.startsWith('https:')) headers.push(['strict-transport-security', 'max-age=31536000']);
  return headers;
}
