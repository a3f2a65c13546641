import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request of a Node.js HTTP server; a WebSocket upgrade has no response. */
export interface NodeRequest {
  req: IncomingMessage;
  res?: Pick<ServerResponse, 'getHeader' | 'setHeader'>;
  /** Appears in errors, log lines and account events, cut to 64 characters; generated when absent. */
  requestId?: string;
}

/** A request of a server that follows the Fetch standard. */
export interface FetchRequest {
  request: Request;
  /** Headers of the response, to which cookies are appended. Without them no cookie can be set. */
  responseHeaders?: Headers;
  /** Address of the peer, as the server knows it. Without it all clients share one rate limit. */
  ipAddress?: string;
  /** Appears in errors, log lines and account events, cut to 64 characters; generated when absent. */
  requestId?: string;
}

/** The request that `auth.context()` makes a context for. */
export type ContextSource = NodeRequest | FetchRequest;

/** Where cookies of the response are set. */
export type CookieTarget = Pick<ServerResponse, 'getHeader' | 'setHeader'>;

/** The parts of a request that the service reads, for every kind of server. */
export interface IncomingRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly peerAddress: string | undefined;
  readonly cookies: CookieTarget | undefined;
}

export function readRequest(source: ContextSource): IncomingRequest {
  // GraphQL Yoga on Node.js passes both; the address of the peer is in `req` only.
  if (!('req' in source)) return readFetchRequest(source);
  const { req, res } = source;
  return { method: req.method ?? 'GET', headers: req.headers, peerAddress: req.socket.remoteAddress, cookies: res };
}

function readFetchRequest({ request, responseHeaders, ipAddress }: FetchRequest): IncomingRequest {
  return {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    peerAddress: ipAddress,
    cookies: responseHeaders && fetchCookies(responseHeaders),
  };
}

const fetchCookies = (headers: Headers): CookieTarget => ({
  getHeader: () => headers.getSetCookie(),
  setHeader(name, lines) {
    headers.delete(name);
    for (const line of [lines].flat()) headers.append(name, String(line));
    return this as ServerResponse;
  },
});
