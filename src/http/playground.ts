import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { packageFile } from '../core/package.ts';
import type { HttpExchange } from '../request/route.ts';
import type { ServerRoute } from './router.ts';
import { IMMUTABLE, mediaTypeOf, REVALIDATED, StaticFile } from './static-file.ts';

/** Where the page loads its files from. */
const PLAYGROUND_PATH = '/graphql/playground/';

const FOLDER = 'dist/assets/playground';

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

/** GraphiQL, with the files that it loads. They are listed once, so that no other path can be requested. */
export class Playground {
  readonly routes: readonly ServerRoute[];
  private readonly page: StaticFile;

  /** The page has a link to the mailbox if there is one. */
  constructor(mailboxPath?: string) {
    this.page = fileOf('index.html', async () => {
      const html = await readFile(packageFile(FOLDER, 'index.html'), 'utf8');
      const container = `<div id="playground"${mailboxPath ? ` data-mailbox="${mailboxPath}"` : ''}>`;
      return Buffer.from(html.replace('<div id="playground">', container));
    });
    this.routes = readdirSync(packageFile(FOLDER)).map((name): ServerRoute => {
      const file = fileOf(name, () => readFile(packageFile(FOLDER, name)));
      return { method: 'GET', path: PLAYGROUND_PATH + name, handle: ({ req, res }) => file.send(req, res) };
    });
  }

  send({ req, res }: HttpExchange): Promise<void> {
    return this.page.send(req, res);
  }
}

function fileOf(name: string, read: () => Promise<Buffer>): StaticFile {
  // The content of a file with a hash in its name never changes.
  const caching = /-[a-z0-9]{8}\.js$/.test(name) ? IMMUTABLE : REVALIDATED;
  return new StaticFile({ read, type: mediaTypeOf(name), caching, policy: POLICY });
}
