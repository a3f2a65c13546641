import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { systemClock } from '../core/clock.ts';
import type { Options } from '../options.ts';
import { cookieFormat, cookieValue, SessionCookie } from '../request/cookies.ts';
import { OriginCheck } from '../request/origin-check.ts';
import { PROBE_HEADER } from './probe.ts';

/** A request of the probe, as the proxy forwarded it. */
export interface ReceivedProbe {
  readonly peer: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Listens in place of a service that does not run, and responds to the probe as the service would. So the doctor sees
 * which headers a proxy forwards, without an endpoint in the service that would show them to strangers. Any other request
 * gets 503, as from a proxy without the service.
 */
export class ProbeServer {
  readonly received: ReceivedProbe[] = [];
  private readonly origins: OriginCheck;
  private readonly cookies;

  private constructor(
    private readonly server: Server,
    private readonly id: string,
    options: Options,
  ) {
    this.origins = new OriginCheck(options);
    this.cookies = cookieFormat(options);
  }

  /** Rejects when the address cannot be used: EADDRINUSE when a service is running. */
  static async listen(options: Options, probeId: string): Promise<ProbeServer> {
    const { createServer } = await import('node:http');
    const server = createServer().listen(options.port, options.host);
    await once(server, 'listening');
    const probeServer = new ProbeServer(server, probeId, options);
    server.on('request', (req, res) => probeServer.handle(req, res));
    return probeServer;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private handle(req: IncomingMessage, res: ServerResponse): void {
    res.setHeader('connection', 'close');
    if (req.headers[PROBE_HEADER] !== this.id) return void res.writeHead(503, { 'retry-after': '5' }).end();
    this.received.push({ peer: req.socket.remoteAddress, headers: req.headers });
    this.origins.setCorsHeaders({ req, res });
    if (req.method === 'OPTIONS') return void this.origins.respondToPreflight({ req, res });
    const { status, body } = this.respond(req, res);
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private respond(req: IncomingMessage, res: ServerResponse): { status: number; body: object } {
    try {
      this.origins.check(req);
    } catch {
      return { status: 403, body: {} };
    }
    const presented = cookieValue(req.headers.cookie, this.cookies.name) !== undefined;
    if (presented && req.headers.authorization !== undefined) return { status: 400, body: {} };
    new SessionCookie(this.cookies, res, systemClock, presented).clearStale();
    return { status: 200, body: { data: { __typename: 'Query' } } };
  }
}
