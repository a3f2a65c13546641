import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { packageFile } from '../core/package.ts';
import type { HttpExchange } from '../request/route.ts';
import { send } from './exchange.ts';
import type { ServerRoute } from './router.ts';

/** Where the page loads its files from. */
const PLAYGROUND_PATH = '/graphql/playground/';

const FOLDER = 'dist/assets/playground';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
};

/** GraphiQL runs its own scripts and workers and connects to this server only. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the playground. They are listed once at startup, so no other path can be requested. */
export const playgroundRoutes = (): ServerRoute[] =>
  readdirSync(packageFile(FOLDER)).map(file => ({
    method: 'GET',
    path: `${PLAYGROUND_PATH}${file}`,
    handle: exchange => sendFile(exchange, file),
  }));

export const sendPlayground = (exchange: HttpExchange): void => sendFile(exchange, 'index.html');

function sendFile(exchange: HttpExchange, file: string): void {
  // The content of a file with a hash in its name never changes.
  const caching = /-[A-Z0-9]{8}\.js$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
  exchange.res.setHeader('content-security-policy', POLICY);
  exchange.res.setHeader('cache-control', caching);
  send(exchange, 200, TYPES[extname(file)] ?? 'application/octet-stream', readFileSync(packageFile(FOLDER, file)));
}
