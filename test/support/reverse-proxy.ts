import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificate.ts';

type HeaderChange = (headers: IncomingHttpHeaders) => void;

/** Sets a header of requests or responses. */
export const set =
  (name: string, value: string): HeaderChange =>
  headers => {
    headers[name] = value;
  };

/** Removes a header. */
export const remove =
  (name: string): HeaderChange =>
  headers => {
    delete headers[name];
  };

/** Changes every line of Set-Cookie. */
export const changeCookies =
  (change: (line: string) => string): HeaderChange =>
  headers => {
    headers['set-cookie'] = headers['set-cookie']?.map(change);
    if (!headers['set-cookie']) delete headers['set-cookie'];
  };

export interface ProxyRules {
  /** Changes the headers of a request on its way to the service. */
  request?: HeaderChange;
  /** Changes the headers of a response on its way back. */
  response?: HeaderChange;
  /** Responds itself when it returns true. */
  respond?(req: IncomingMessage, res: ServerResponse): boolean;
}

/** A reverse proxy in front of a service on this machine, over http or, with a certificate, https. */
export class ReverseProxy {
  /** The port of the service. It may be set after the start, since the service needs the proxy's address. */
  target = 0;
  rules: ProxyRules = {};
  private readonly server: Server;

  private constructor(certificate?: Certificate) {
    this.server = certificate ? createTlsServer(certificate) : createServer();
    this.server.on('request', (req, res) => this.forward(req, res));
  }

  static async start(certificate?: Certificate): Promise<ReverseProxy> {
    const proxy = new ReverseProxy(certificate);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private forward(req: IncomingMessage, res: ServerResponse): void {
    if (this.rules.respond?.(req, res)) return;
    const headers = { ...req.headers };
    this.rules.request?.(headers);
    const { method, url: path } = req;
    const forwarded = request(
      { host: '127.0.0.1', port: this.target, method, path, headers, agent: false },
      response => {
        const received = { ...response.headers };
        this.rules.response?.(received);
        res.writeHead(response.statusCode ?? 502, received);
        response.pipe(res);
      },
    );
    forwarded.on('error', () => res.writeHead(502).end());
    req.pipe(forwarded);
  }
}
