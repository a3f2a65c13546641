// Node's HTTP server in front of functions that take a Fetch `Request` and return a `Response`.
import { createServer, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { respond } from './routes.tsx';

const port = Number(process.env.PORT ?? 3000);
/** The origin that browsers see. It is not taken from the `Host` header, which the client chooses. */
const appUrl = new URL(process.env.APP_URL ?? `http://localhost:${port}`).origin;

/** Bytes of a form. */
const MAX_BODY = 10_000;

createServer(async (req, res) => {
  const response = refusal(req) ?? (await respond(toRequest(req)));
  // Several Set-Cookie headers stay several lines.
  res.writeHead(response.status, [...response.headers].flat()).end(await response.text());
}).listen(port, () => console.log(`Open ${appUrl}`));

function refusal({ method, url, headers }: IncomingMessage): Response | undefined {
  if (!url?.startsWith('/')) return new Response('Bad request', { status: 400 });
  if (method === 'GET') return undefined;
  if (method !== 'POST') return new Response('Method not allowed', { status: 405 });
  // Against forms that pages of other origins post in the visitor's name: browsers send `Origin` with every POST.
  if (headers.origin !== appUrl) return new Response('Forbidden', { status: 403 });
  const length = Number(headers['content-length']);
  return length <= MAX_BODY ? undefined : new Response('Content too large', { status: 413 });
}

function toRequest(req: IncomingMessage): Request {
  const { method, url } = req;
  const body = method === 'POST' && { body: Readable.toWeb(req) as ReadableStream, duplex: 'half' };
  return new Request(appUrl + url, { method, headers: headersOf(req), ...body });
}

function headersOf(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(req.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  // The visitor's address, by which the service limits attempts. What the visitor claims is overwritten.
  headers.set('x-forwarded-for', req.socket.remoteAddress ?? '');
  return headers;
}
