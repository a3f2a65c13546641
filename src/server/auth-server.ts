import { SECOND } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { type Auth, createAuth, type Dependencies } from '../create-auth.ts';
import { type Options, withPort } from '../options.ts';
import { HttpServer } from './http-server.ts';

/** A stopping server still accepts connections for this long, so that load balancers see 503 at /readyz. */
const DRAIN_DELAY = SECOND / 2;

/** The service and its HTTP server: what a single process or one worker runs. */
export class AuthServer {
  private readonly server: HttpServer;
  private auth?: Auth;

  constructor(
    private readonly options: Options,
    private readonly log: Log,
  ) {
    this.server = new HttpServer(options.workers);
  }

  /**
   * Listens; requests wait until `open`. Resolves with options that have the actual port. Rejects if it cannot listen.
   */
  async listen(port = this.options.port): Promise<Options> {
    const { host } = this.options;
    const actualPort = await this.server
      .listen({ host, port })
      .catch(error => Promise.reject(new ListenError({ host, port }, error)));
    return withPort(this.options, actualPort);
  }

  /** Opens the database and starts to handle requests. Rejects if the start is refused. */
  async open(options: Options, dependencies: Partial<Dependencies> = {}): Promise<void> {
    const auth = await createAuth(options, { ...dependencies, log: this.log });
    await this.server.open(auth, options, this.log);
    this.auth = auth;
  }

  get isOpen(): boolean {
    return this.auth !== undefined;
  }

  /** How many connections had a request since the last call. */
  countInUse(): number {
    return this.server.countInUse();
  }

  /** Closes this many connections, each with its next response. */
  closeExcess(connections: number): void {
    this.server.closeExcess(connections);
  }

  /** Finishes requests in flight, then closes everything. Resolves with true if all of them finished in time. */
  async stop(): Promise<boolean> {
    const inTime = await this.server.stop({ drainDelay: DRAIN_DELAY });
    await this.auth?.close();
    return inTime;
  }
}

/** The server cannot listen on its address. */
class ListenError extends Error {
  constructor({ host, port }: Pick<Options, 'host' | 'port'>, { code }: NodeJS.ErrnoException) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `PORT: ${host}:${port} is in use already; stop what uses it, or set another port.`,
      EACCES: `PORT: ${host}:${port} needs more rights than this user has; set a port above 1023.`,
    };
    super(reasons[code ?? ''] ?? `HOST: ${host} is not an address of this machine; set one that is.`);
    this.name = 'CannotListen';
  }
}
