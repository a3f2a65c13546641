import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../core/clock.ts';
import { type Log, warnOncePerMinute } from '../core/log.ts';
import type { Auth } from '../create-auth.ts';
import { MAX_BODY_SIZE } from '../http/body.ts';
import { createServer } from '../http/node-http.ts';
import { QueryFastPath } from '../http/query-fast-path.ts';
import { RequestHandler, type ServerState } from '../http/request-handler.ts';
import { type Options, withPort } from '../options.ts';
import { Connections } from './connections.ts';

/** Time for requests in flight when the server stops. */
const SHUTDOWN_TIMEOUT = 10 * SECOND;
/** A stopping server still accepts connections for this long, so that load balancers see 503 at /readyz. */
const DRAIN_DELAY = SECOND / 2;

const LIMITS = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 15 * SECOND,
  keepAliveTimeout: 60 * SECOND,
  connectionsCheckingInterval: 5 * SECOND,
  maxHeaderSize: 16 * 1024,
  // Checked by the request handler, whose response has the security headers.
  requireHostHeader: false,
};
/** Shared by all workers. */
const MAX_CONNECTIONS = 5000;
/** A client that has read nothing of its response for one to two times this long is disconnected. */
const SOCKET_TIMEOUT = 30 * SECOND;

/** Listens on a port. Requests wait until `open` provides the service that handles them. */
export class HttpServer implements ServerState {
  stopping = false;
  private readonly server: Server;
  private readonly handler = Promise.withResolvers<RequestHandler>();
  private auth?: Auth;
  private readonly sockets = new Connections();
  private onResponseEnd?: () => void;
  /** How many connections are still to be closed, each with its next response. */
  private excess = 0;

  /** `workers`: the number of processes that share the connections. */
  constructor(log: Log, workers = 1) {
    const maxConnections = Math.ceil(MAX_CONNECTIONS / workers);
    const warn = warnOncePerMinute(log);
    this.server = createServer(LIMITS);
    // Otherwise full workers would pass a connection on to each other without end.
    Object.assign(this.server, { maxConnections, dropMaxConnection: true });
    this.server.setTimeout(SOCKET_TIMEOUT);
    this.server.on('connection', socket => this.sockets.add(socket));
    // Connections are dropped while the listener closes as well.
    this.server.on('drop', () => this.stopping || warn('connection limit reached', { connections: maxConnections }));
    this.server.on('request', (req, res) => this.handle(req, res));
    this.server.on('checkContinue', (req, res) => this.handleExpectContinue(req, res));
    this.server.on('checkExpectation', (req, res) => this.handle(req, res));
    this.server.on('clientError', (error, socket) => this.handleClientError(error, socket));
  }

  /** Resolves with options that have the actual port. Rejects if the server cannot listen on its address. */
  listen(options: Options): Promise<Options> {
    const { host, port } = options;
    return new Promise((resolve, reject) => {
      this.server.once('error', error => reject(new ListenError(options, error)));
      this.server.listen(port, host, () => resolve(withPort(options, (this.server.address() as AddressInfo).port)));
    });
  }

  /** Starts to handle requests, beginning with those that wait. `stop` closes the service as well. */
  async open(auth: Auth, options: Options, queryFastPath = new QueryFastPath()): Promise<void> {
    const handler = new RequestHandler(auth, options, this, queryFastPath);
    await handler.start();
    this.auth = auth;
    this.handler.resolve(handler);
  }

  get isOpen(): boolean {
    return this.auth !== undefined;
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** How many connections had a request since the last call. */
  countInUse(): number {
    return this.sockets.countInUse();
  }

  /**
   * Closes this many connections, each with its next response. Their clients connect again, usually to another worker.
   */
  closeExcess(connections: number): void {
    this.excess = connections;
  }

  /**
   * Accepts connections for another `drainDelay`, finishes requests in flight, then closes everything. Resolves with true
   * if all of them finished in time. Connections that are being opened while the listener closes are lost, so a load
   * balancer needs the delay to see that the server is not ready any more.
   */
  async stop({ drainDelay = DRAIN_DELAY } = {}): Promise<boolean> {
    this.stopping = true;
    this.sockets.closeAll();
    if (drainDelay > 0) await sleep(drainDelay);
    this.server.close();
    const timeout = sleep(SHUTDOWN_TIMEOUT - drainDelay, false, { ref: false });
    const inTime = await Promise.race([this.allResponsesEnded(), timeout]);
    this.server.closeAllConnections();
    await this.auth?.close();
    return inTime;
  }

  private allResponsesEnded(): Promise<true> {
    return new Promise(resolve => {
      this.onResponseEnd = () => {
        if (!this.sockets.hasPendingResponses) resolve(true);
      };
      // A request that has just arrived may not be parsed yet.
      setImmediate(this.onResponseEnd);
    });
  }

  private async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!this.sockets.begin(req.socket, res, () => this.onResponseEnd?.())) return;
    if (this.stopping || this.excess > 0) {
      this.excess = Math.max(0, this.excess - 1);
      this.sockets.close(req.socket);
    }
    await (await this.handler.promise).handle(req, res);
  }

  /** Refuses a large body before the client sends it. */
  private async handleExpectContinue(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (Number(req.headers['content-length'] ?? 0) <= MAX_BODY_SIZE) res.writeContinue();
    else res.setHeader('connection', 'close');
    await this.handle(req, res);
  }

  private async handleClientError(error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
    (await this.handler.promise).handleClientError(error, socket, this.sockets.lastResponse(socket));
  }
}

/** The server cannot listen on its address. */
class ListenError extends Error {
  constructor({ host, port }: Options, { code }: NodeJS.ErrnoException) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `PORT: ${host}:${port} is in use already; stop what uses it, or set another port.`,
      EACCES: `PORT: ${host}:${port} needs more rights than this user has; set a port above 1023.`,
    };
    super(reasons[code ?? ''] ?? `HOST: ${host} is not an address of this machine; set one that is.`);
    this.name = 'ListenError';
  }
}
