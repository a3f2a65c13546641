import { SECOND } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { type Auth, createAuth, type Dependencies } from '../create-auth.ts';
import { type Options, withPort } from '../options.ts';
import { HttpServer } from './http-server.ts';

/** How long a stopping server still lets callers in, so that a balancer reads 503 at /readyz instead of losing requests. */
const DRAIN_DELAY = SECOND / 2;

/** The house behind its port: what a process runs, whether it is the only one or one of several workers. */
export class AuthServer {
  private readonly server: HttpServer;
  private auth?: Auth;

  constructor(
    private readonly options: Options,
    private readonly log: Log,
  ) {
    this.server = new HttpServer(options.workers);
  }

  /** Takes the port; callers wait from now on. Gives the settings that follow from it. Rejects where it is not to be had. */
  async listen(port = this.options.port): Promise<Options> {
    const { host } = this.options;
    const taken = await this.server
      .listen({ host, port })
      .catch(error => Promise.reject(new ListenError({ host, port }, error)));
    return withPort(this.options, taken);
  }

  /** Opens the database and lets the callers in. Rejects where the start is refused. */
  async open(options: Options, ports: Partial<Dependencies> = {}): Promise<void> {
    const auth = await createAuth(options, { ...ports, log: this.log });
    await this.server.open(auth, options, this.log);
    this.auth = auth;
  }

  get isOpen(): boolean {
    return this.auth !== undefined;
  }

  /** How many connections were in use since this was asked the last time. */
  countInUse(): number {
    return this.server.countInUse();
  }

  /** Closes so many connections, each with its next answer. */
  sendAway(connections: number): void {
    this.server.sendAway(connections);
  }

  /** Answers what is in flight, then closes everything: true when all of it was in time. */
  async stop(): Promise<boolean> {
    const inTime = await this.server.stop({ lastCall: DRAIN_DELAY });
    await this.auth?.close();
    return inTime;
  }
}

/** The start was refused: the address is not to be had. */
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
