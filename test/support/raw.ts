import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as open } from 'node:http';
import { connect } from 'node:net';

export interface RawRequest {
  method?: string;
  /** Sent without resolving or encoding. */
  path?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** Keeps connections; without it each request has Node's own. */
  agent?: Agent;
}

export interface RawAnswer {
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
): Promise<RawAnswer> {
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

/** An operation by POST, with exactly these headers beside its content type. */
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
    let answer = '';
    socket.on('data', chunk => (answer += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One thing more on a connection: a server that has read all before it says so, and closes. */
export const LAST = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

export interface Volley {
  requests: Buffer[];
  /** All that came back, byte by byte. */
  answer: string;
}

/**
 * Writes requests in one go over one connection, and reads until it is closed. Where one of them promises more than it
 * sends, the server waits for the rest: after `patience` milliseconds without a byte there will be none.
 */
export function sendVolley(url: string, requests: Buffer[], patience: number): Promise<Volley> {
  return new Promise(resolve => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.concat([...requests, Buffer.from(LAST)])));
    const chunks: Buffer[] = [];
    socket.setTimeout(patience, () => socket.destroy());
    socket.on('data', chunk => chunks.push(chunk));
    // A server that hangs up while we still write is within its rights.
    socket.on('error', () => {});
    socket.on('close', () => resolve({ requests, answer: Buffer.concat(chunks).toString('latin1') }));
  });
}
