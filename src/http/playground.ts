import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { packageFile } from '../core/package.ts';
import { allowMethods, type Handler, send } from './exchange.ts';

/** Where the page finds its parts. */
export const PLAYGROUND_PATH = '/graphql/playground/';

const FOLDER = 'dist/assets/playground';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
};

/** GraphiQL runs its own scripts and workers, and talks to this server alone. */
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

/** The page and its parts, by path. Files are listed once and read when asked for; nothing else in the folder is served. */
export function playgroundHandlers(): Record<string, Handler> {
  const files = readdirSync(packageFile(FOLDER));
  const parts = files.map(file => [`${PLAYGROUND_PATH}${file}`, serving(file)] as const);
  return Object.fromEntries(parts);
}

export const playgroundPage: Handler = serving('index.html');

function serving(file: string): Handler {
  // A name with a hash never means another content.
  const caching = /-[A-Z0-9]{8}\.js$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
  return exchange => {
    allowMethods(exchange, 'GET', 'HEAD');
    exchange.res.setHeader('content-security-policy', POLICY);
    exchange.res.setHeader('cache-control', caching);
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    send(exchange, 200, type, readFileSync(packageFile(FOLDER, file)));
  };
}
