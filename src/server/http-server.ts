import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Auth } from '../create-auth.ts';
import { MAX_BODY_SIZE } from '../http/body.ts';
import { createServer } from '../http/node-http.ts';
import { QueryFastPath } from '../http/query-fast-path.ts';
import { RequestHandler, type ServerState } from '../http/request-handler.ts';
import type { Options } from '../options.ts';
import { Connections } from './connections.ts';

/** Time for requests in flight when the server stops. */
const SHUTDOWN_TIMEOUT = 10 * SECOND;

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
  private readonly server: Server;
  private readonly handler = Promise.withResolvers<RequestHandler>();
  stopping = false;
  private readonly sockets = new Connections();
  private onResponseEnd?: () => void;
  private readonly maxConnections: number;
  /** How many connections are still to be closed, each with its next response. */
  private excess = 0;

  /** `workers`: the number of processes that share the connections. */
  constructor(workers = 1) {
    this.maxConnections = Math.ceil(MAX_CONNECTIONS / workers);
    this.server = createServer(LIMITS);
    // Otherwise full workers would pass a connection on to each other without end.
    Object.assign(this.server, { maxConnections: this.maxConnections, dropMaxConnection: true });
    this.server.setTimeout(SOCKET_TIMEOUT);
    this.server.on('connection', socket => this.sockets.add(socket));
    this.server.on('drop', () => this.warnConnectionLimit());
    this.server.on('request', (req, res) => this.handle(req, res));
    this.server.on('checkContinue', (req, res) => this.handleExpectContinue(req, res));
    this.server.on('checkExpectation', (req, res) => this.handle(req, res));
    this.server.on('clientError', (error, socket) => this.handleClientError(error, socket));
  }

  /** Resolves with the port. Rejects if the address is in use or does not belong to this machine. */
  listen({ host, port }: Pick<Options, 'host' | 'port'>): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => resolve((this.server.address() as AddressInfo).port));
    });
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

  /** Starts to handle requests, beginning with those that wait. */
  async open(auth: Auth, options: Options, log: Log, queryFastPath = new QueryFastPath()): Promise<void> {
    const handler = new RequestHandler(auth, options, log, this, queryFastPath);
    await handler.start();
    this.handler.resolve(handler);
  }

  /**
   * Accepts connections for another `drainDelay`, finishes requests in flight, then closes. Resolves with true if all of
   * them finished within the timeout. Connections that are being opened while the listener closes are lost, so a load
   * balancer needs the delay to see that the server is not ready any more.
   */
  async stop({ drainDelay = 0 } = {}): Promise<boolean> {
    this.stopping = true;
    this.sockets.closeAll();
    if (drainDelay > 0) await sleep(drainDelay);
    this.server.close();
    const inTime = await this.allResponsesEnded(SHUTDOWN_TIMEOUT - drainDelay);
    this.server.closeAllConnections();
    return inTime;
  }

  private allResponsesEnded(timeout: number): Promise<boolean> {
    return new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), timeout);
      this.onResponseEnd = () => {
        if (this.sockets.hasPendingResponses) return;
        clearTimeout(timer);
        resolve(true);
      };
      // A request that has just arrived may not be parsed yet.
      setImmediate(this.onResponseEnd);
    });
  }

  private async warnConnectionLimit(): Promise<void> {
    // Connections are dropped while the listener closes as well.
    if (!this.stopping) (await this.handler.promise).warnConnectionLimit(this.maxConnections);
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
