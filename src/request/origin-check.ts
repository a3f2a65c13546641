import type { Options } from '../options.ts';
import { HttpError } from './error-response.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { HttpExchange } from './route.ts';

type ExchangeHeaders = Pick<HttpExchange, 'req' | 'res'>;

/** Decides which pages in a browser may send requests: those of the service's own origin and of the allowed origins. */
export class OriginCheck {
  private readonly allowed: ReadonlySet<string>;
  private readonly own: string;

  constructor({ publicUrl, allowedOrigins }: Options) {
    this.own = publicUrl;
    this.allowed = new Set(allowedOrigins);
  }

  /**
   * Sets the CORS headers that let a page of an allowed origin read the response. Other origins get none; `*` is never
   * sent.
   */
  setCorsHeaders({ req, res }: ExchangeHeaders): void {
    if (this.allowed.size === 0) return;
    res.setHeader('vary', 'Origin');
    const { origin } = req.headers;
    if (!this.isAllowed(origin)) return;
    res.setHeader('access-control-allow-origin', origin);
    res.setHeader('access-control-allow-credentials', 'true');
    res.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  }

  /** Responds to a CORS preflight. An allowed origin may send any header: tracing and client libraries add their own. */
  respondToPreflight({ req, res }: ExchangeHeaders): void {
    const { origin, 'access-control-request-headers': requested } = req.headers;
    if (this.isAllowed(origin)) {
      res.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE');
      if (requested) res.setHeader('access-control-allow-headers', requested);
      res.setHeader('access-control-max-age', '600');
    }
    res.writeHead(204).end();
  }

  /**
   * Throws 403 for a browser that acts for a page of a foreign origin. Covers login and register too: a user who is
   * signed in to an attacker's account does not notice (login CSRF). Clients other than browsers send neither header.
   */
  check({ headers }: Pick<IncomingRequest, 'headers'>): void {
    const { origin, 'sec-fetch-site': site } = headers;
    if (this.isAllowed(origin)) return;
    const isOwn =
      site === undefined ? origin === undefined || origin === this.own : site === 'same-origin' || site === 'none';
    if (!isOwn) throw new HttpError(403, 'Requests from this origin are not allowed.');
  }

  private isAllowed(origin: string | undefined): origin is string {
    return origin !== undefined && this.allowed.has(origin);
  }
}
