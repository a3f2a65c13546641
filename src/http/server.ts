import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from '../config.ts';
import type { Auth } from '../create-auth.ts';
import type { Log } from '../log.ts';
import { SECOND } from '../ports/clock.ts';
import { LARGEST_BODY } from './exchange.ts';
import { FrontDoor } from './front-door.ts';

/** How long answers in flight may take once the server is told to stop. */
const GRACE = 10 * SECOND;

const LIMITS = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 15 * SECOND,
  keepAliveTimeout: 60 * SECOND,
  connectionsCheckingInterval: 5 * SECOND,
  maxHeaderSize: 16 * 1024,
};
const MOST_CONNECTIONS = 5000;

/** Listens on a port. Requests wait until there is a service to serve them. */
export class HttpServer {
  private readonly server: Server;
  private door: Promise<FrontDoor>;
  private openDoor!: (door: FrontDoor) => void;
  private stopping = false;
  private readonly connections = new Set<Socket>();
  private readonly answers = new Set<ServerResponse>();

  constructor() {
    this.door = new Promise(resolve => {
      this.openDoor = resolve;
    });
    this.server = createServer(LIMITS);
    this.server.maxConnections = MOST_CONNECTIONS;
    this.server.on('connection', socket => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
    this.server.on('request', (req, res) => this.answer(req, res));
    this.server.on('checkContinue', (req, res) => this.answerExpect(req, res));
    this.server.on('checkExpectation', (req, res) => this.answer(req, res));
    this.server.on('clientError', (error, socket) => this.refuse(error, socket));
  }

  /** Resolves with the port that was taken. Rejects where the address is in use, or not ours. */
  listen({ host, port }: Pick<Config, 'host' | 'port'>): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  async open(auth: Auth, config: Config, log: Log): Promise<void> {
    const door = new FrontDoor(auth, config, log, () => this.stopping);
    await door.start();
    this.openDoor(door);
  }

  /** Takes no new connections, answers what is in flight, then resolves: true when all of it was in time. */
  async stop(): Promise<boolean> {
    this.stopping = true;
    const closed = new Promise<true>(resolve => this.server.close(() => resolve(true)));
    this.letGo();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>(resolve => {
      timer = setTimeout(() => resolve(false), GRACE);
    });
    const inTime = await Promise.race([closed, late]);
    clearTimeout(timer);
    this.server.closeAllConnections();
    return inTime;
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.stopping) res.setHeader('connection', 'close');
    this.answers.add(res);
    res.once('close', () => this.answers.delete(res));
    await (await this.door).answer(req, res);
  }

  /** Ends the connections that wait for nothing, and tells all others that this answer is the last. */
  private letGo(): void {
    this.server.closeIdleConnections();
    for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
    for (const res of this.answers) if (!res.headersSent) res.setHeader('connection', 'close');
  }

  /** Says no before the body is on its way. */
  private async answerExpect(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (Number(req.headers['content-length'] ?? 0) <= LARGEST_BODY) res.writeContinue();
    else res.setHeader('connection', 'close');
    await this.answer(req, res);
  }

  private async refuse(error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
    (await this.door).refuse(error, socket);
  }
}
