import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { SECOND } from '../core/clock.ts';
import type { Options } from '../options.ts';
import { withTimeout } from '../persistence/timeout.ts';
import { cookieFormat } from '../request/cookies.ts';

/** For each request: enough for a slow proxy, short enough for a person at a terminal. */
const TIMEOUT = 10 * SECOND;
/** Anything longer is not a response of the service. */
const MAX_BODY_LENGTH = 64 * 1024;

/** Identifies the probe's requests to `ProbeServer`. The service ignores it. */
export const PROBE_HEADER = 'x-bienvenue-doctor';

export interface ProbeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whether GraphQL executed the operation. */
  readonly executed: boolean;
}

interface ProbeRequest {
  readonly method?: 'POST' | 'OPTIONS';
  readonly headers?: Record<string, string>;
}

/**
 * Sends requests to PUBLIC_URL as a browser would, through whatever is in front of the service. They need no secret and
 * change nothing: the operation is `{ __typename }`, and the cookie is one that no session has.
 */
export class Probe {
  readonly id = randomUUID();

  constructor(private readonly options: Options) {}

  /** A request from the service's own pages, with a session cookie. */
  own(headers: Record<string, string> = {}): Promise<ProbeResponse> {
    const { publicUrl } = this.options;
    const cookie = `${cookieFormat(this.options).name}=doctor`;
    return this.send({ headers: { origin: publicUrl, cookie, ...headers } });
  }

  /** A request from the pages of another origin, without a cookie. */
  from(origin: string): Promise<ProbeResponse> {
    return this.send({ headers: { origin } });
  }

  preflight(origin: string): Promise<ProbeResponse> {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    return this.send({ method: 'OPTIONS', headers });
  }

  private async send({ method = 'POST', headers }: ProbeRequest): Promise<ProbeResponse> {
    const url = new URL('/graphql', this.options.publicUrl);
    const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
    const type = { 'content-type': 'application/json', [PROBE_HEADER]: this.id };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = request(url, { method, headers: { ...type, ...headers }, agent: false, timeout: TIMEOUT }, resolve);
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{"query":"{ __typename }"}' : undefined);
    return withTimeout(TIMEOUT, promise.then(read)).finally(() => sent.destroy());
  }
}

async function read(response: IncomingMessage): Promise<ProbeResponse> {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) {
    body += chunk;
    if (body.length > MAX_BODY_LENGTH) break;
  }
  const executed = body.includes('"__typename":"Query"');
  return { status: response.statusCode ?? 0, headers: response.headers, executed };
}
