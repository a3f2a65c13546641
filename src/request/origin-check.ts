import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from '../options.ts';
import { HttpError } from './error-response.ts';
import type { IncomingRequest } from './incoming-request.ts';

interface NodeExchange {
  req: IncomingMessage;
  res: ServerResponse;
}

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST, PUT, DELETE',
  'access-control-allow-headers': 'content-type, authorization, apollo-require-preflight, x-apollo-operation-name',
  'access-control-max-age': '600',
};

/** Which pages in a browser may act: our own origin's, and those of the exact origins that the operator lists. */
export class OriginCheck {
  private readonly listed: ReadonlySet<string>;
  private readonly own: string;

  constructor({ publicUrl, allowedOrigins }: Options) {
    this.own = publicUrl;
    this.listed = new Set(allowedOrigins);
  }

  /** Tells a browser that a listed page may read the answer. Nothing is said to any other, and never a star. */
  allowReading({ req, res }: NodeExchange): void {
    if (this.listed.size === 0) return;
    res.setHeader('vary', 'Origin');
    const { origin } = req.headers;
    if (origin === undefined || !this.listed.has(origin)) return;
    res.setHeader('access-control-allow-origin', origin);
    res.setHeader('access-control-allow-credentials', 'true');
    res.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  }

  /** Answers the question that a browser asks before a request from another origin. */
  answerPreflight({ req, res }: NodeExchange): void {
    const listed = this.listed.has(req.headers.origin ?? '');
    res.writeHead(204, listed ? PREFLIGHT : {}).end();
  }

  /**
   * Refuses a browser that acts for a page of another origin. Guards login and register as well: who is signed in to
   * somebody else's account does not notice. Servers and command lines send neither header, and pass.
   */
  check({ headers }: Pick<IncomingRequest, 'headers'>): void {
    const site = headers['sec-fetch-site'];
    const { origin } = headers;
    const listed = origin !== undefined && this.listed.has(origin);
    const allowed =
      site === undefined
        ? origin === undefined || listed || origin === this.own
        : site === 'same-origin' || site === 'none' || listed;
    if (!allowed) throw new HttpError(403, 'Requests from this origin are not allowed.');
  }
}
