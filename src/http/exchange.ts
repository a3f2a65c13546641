import type { ServerResponse } from 'node:http';
import type { HttpExchange } from '../request/route.ts';

export const wantsHtml = ({ req }: Pick<HttpExchange, 'req'>): boolean =>
  req.headers.accept?.includes('text/html') ?? false;

export function send({ res }: HttpExchange, status: number, type: string, body: string | Buffer): void {
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}

export function sendJson(exchange: HttpExchange, status: number, value: unknown): void {
  send(exchange, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** Redirects with 303, after which every client sends a GET (RFC 9110, 15.4.4). */
export function redirect({ res }: Pick<HttpExchange, 'res'>, location: string): void {
  res.writeHead(303, { location, 'content-length': 0 }).end();
}

/** Closes the connection after this response, even if its headers are already sent. */
export function closeAfter(res: ServerResponse): void {
  if (!res.shouldKeepAlive) return;
  res.shouldKeepAlive = false;
  const { socket } = res.req;
  res.once('close', () => socket.destroySoon());
}
