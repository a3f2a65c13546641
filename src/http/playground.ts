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

/** The page, with a link to the mailbox if there is one. */
export function sendPlayground(exchange: HttpExchange, mailboxPath?: string): void {
  const page = readFileSync(packageFile(FOLDER, 'index.html'), 'utf8');
  const container = `<div id="playground"${mailboxPath ? ` data-mailbox="${mailboxPath}"` : ''}>`;
  sendContent(exchange, 'index.html', page.replace('<div id="playground">', container));
}

const sendFile = (exchange: HttpExchange, file: string): void =>
  sendContent(exchange, file, readFileSync(packageFile(FOLDER, file)));

function sendContent(exchange: HttpExchange, file: string, content: string | Buffer): void {
  // The content of a file with a hash in its name never changes.
  const caching = /-[a-z0-9]{8}\.js$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
  exchange.res.setHeader('content-security-policy', POLICY);
  exchange.res.setHeader('cache-control', caching);
  send(exchange, 200, TYPES[extname(file)] ?? 'application/octet-stream', content);
}
