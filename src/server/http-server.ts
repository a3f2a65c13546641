import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Auth } from '../create-auth.ts';
import { LARGEST_BODY } from '../http/exchange.ts';
import { createServer } from '../http/node-http.ts';
import { QueryFastPath } from '../http/query-fast-path.ts';
import { RequestHandler, type ServerState } from '../http/request-handler.ts';
import type { Options } from '../options.ts';
import { Connections } from './connections.ts';

/** How long answers in flight may take once the server is told to stop. */
const SHUTDOWN_TIMEOUT = 10 * SECOND;

const LIMITS = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 15 * SECOND,
  keepAliveTimeout: 60 * SECOND,
  connectionsCheckingInterval: 5 * SECOND,
  maxHeaderSize: 16 * 1024,
  // It is asked for behind the front door, where the answer has all of our headers.
  requireHostHeader: false,
};
/** Over all workers. */
const MAX_CONNECTIONS = 5000;
/** A client that has taken nothing of its answer for that long, or twice that at most, is believed to be gone. */
const SOCKET_TIMEOUT = 30 * SECOND;

/** Listens on a port. Requests wait until there is a service to serve them. */
export class HttpServer implements ServerState {
  private readonly server: Server;
  private readonly door = Promise.withResolvers<RequestHandler>();
  stopping = false;
  private readonly clients = new Connections();
  private whenAnswered?: () => void;
  private readonly mostConnections: number;
  /** How many connections are still to be closed with their next answer. */
  private surplus = 0;

  /** `workers`: how many processes share the connections. */
  constructor(workers = 1) {
    this.mostConnections = Math.ceil(MAX_CONNECTIONS / workers);
    this.server = createServer(LIMITS);
    // Dropped also by a worker: full ones would else pass it round among themselves, and do nothing else.
    Object.assign(this.server, { maxConnections: this.mostConnections, dropMaxConnection: true });
    this.server.setTimeout(SOCKET_TIMEOUT);
    this.server.on('connection', socket => this.clients.add(socket));
    this.server.on('drop', () => this.full());
    this.server.on('request', (req, res) => this.answer(req, res));
    this.server.on('checkContinue', (req, res) => this.answerExpect(req, res));
    this.server.on('checkExpectation', (req, res) => this.answer(req, res));
    this.server.on('clientError', (error, socket) => this.refuse(error, socket));
  }

  /** Resolves with the port that was taken. Rejects where the address is in use, or not ours. */
  listen({ host, port }: Pick<Options, 'host' | 'port'>): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  get connections(): number {
    return this.clients.open;
  }

  /** How many of them were in use since this was asked the last time. */
  countInUse(): number {
    return this.clients.countInUse();
  }

  /** Closes so many connections, each with the next answer on it: their callers come again, perhaps to another worker. */
  sendAway(connections: number): void {
    this.surplus = connections;
  }

  /** Lets in who waits. */
  async open(auth: Auth, options: Options, log: Log, queryFastPath = new QueryFastPath()): Promise<void> {
    const door = new RequestHandler(auth, options, log, this, queryFastPath);
    await door.start();
    this.door.resolve(door);
  }

  /**
   * Takes no new connections after `lastCall`, answers what is in flight, then resolves: true when all of it was in time.
   * Who is on the way while the listener closes is cut off, so there should be time to see that we are not ready any more.
   */
  async stop({ lastCall = 0 } = {}): Promise<boolean> {
    this.stopping = true;
    this.clients.closeAll();
    if (lastCall > 0) await sleep(lastCall);
    this.server.close();
    const inTime = await this.allAnswered(SHUTDOWN_TIMEOUT - lastCall);
    this.server.closeAllConnections();
    return inTime;
  }

  private allAnswered(grace: number): Promise<boolean> {
    return new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), grace);
      this.whenAnswered = () => {
        if (this.clients.waitForAnswers) return;
        clearTimeout(timer);
        resolve(true);
      };
      // A request that has just arrived may not be read yet.
      setImmediate(this.whenAnswered);
    });
  }

  private async full(): Promise<void> {
    // One that comes while the listener closes is dropped as well, and no sign of a crowd.
    if (!this.stopping) (await this.door.promise).warnConnectionLimit(this.mostConnections);
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!this.clients.begin(req.socket, res, () => this.whenAnswered?.())) return;
    if (this.stopping) this.clients.close(req.socket);
    else if (this.surplus > 0) {
      this.surplus -= 1;
      this.clients.close(req.socket);
    }
    await (await this.door.promise).handle(req, res);
  }

  /** Says no before the body is on its way. */
  private async answerExpect(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (Number(req.headers['content-length'] ?? 0) <= LARGEST_BODY) res.writeContinue();
    else res.setHeader('connection', 'close');
    await this.answer(req, res);
  }

  private async refuse(error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
    (await this.door.promise).handleClientError(error, socket, this.clients.last(socket));
  }
}
