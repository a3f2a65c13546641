import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as open } from 'node:http';
import { connect } from 'node:net';

export interface RawRequest {
  method?: string;
  /** The path, sent without normalization or encoding. */
  path?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** Reuses connections; without it Node's default agent is used. */
  agent?: Agent;
}

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a body is what the test states
  json: any;
}

/** A request with exactly these headers; fetch forbids some and adds others. */
export function request(
  url: string,
  { method, path = '/', headers, body, agent }: RawRequest = {},
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const measured = body !== undefined && headers?.['transfer-encoding'] === undefined;
    const length = measured ? { 'content-length': Buffer.byteLength(body) } : undefined;
    const req = open({ hostname, port, method, path, agent, headers: { ...length, ...headers } }, res => {
      const chunks: Buffer[] = [];
      res.on('data', chunk => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json: parsed(text) });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** A POST of an operation with exactly these headers beside its content type. */
export function post(
  url: string,
  query: string,
  { variables, headers }: { variables?: object; headers?: OutgoingHttpHeaders } = {},
) {
  const body = JSON.stringify({ query, variables });
  return request(url, {
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

/** Writes bytes and returns everything received until the server closes the connection. */
export function sendBytes(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let response = '';
    socket.on('data', chunk => (response += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(response));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A valid request at the end. A server that refuses an earlier one closes the connection before it. */
export const LAST = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

export interface Volley {
  requests: Buffer[];
  /** The raw bytes of all responses. */
  responses: string;
}

/**
 * Writes all requests at once to one connection, and reads until it is closed. A server waits for the rest of a request
 * that announces more bytes than it sends, so the connection is closed after `idleMs` milliseconds without data.
 */
export function sendVolley(url: string, requests: Buffer[], idleMs: number): Promise<Volley> {
  return new Promise(resolve => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.concat([...requests, Buffer.from(LAST)])));
    const chunks: Buffer[] = [];
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on('data', chunk => chunks.push(chunk));
    // The server may close the connection while the client still writes.
    socket.on('error', () => {});
    socket.on('close', () => resolve({ requests, responses: Buffer.concat(chunks).toString('latin1') }));
  });
}
