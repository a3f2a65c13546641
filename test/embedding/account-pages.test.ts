import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Auth, createAuth } from '../../src/create-auth.ts';
import { accountPages } from '../../src/http/account-pages/middleware.ts';
import { cleanDatabase } from '../support/databases/new-database.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { request } from '../support/raw.ts';

describe('accountPages() in a host program', () => {
  let database: TestDatabase;
  let auth: Auth;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    database = await cleanDatabase();
    auth = await createAuth({ databaseUrl: database.url, logLevel: 'silent', brandName: 'Host' });
    const pages = accountPages(auth, { graphqlPath: '/api/graphql' });
    const own = (req: IncomingMessage, res: ServerResponse) => res.end(`own: ${req.method} ${req.url}`);
    server = createServer((req, res) => pages(req, res, () => own(req, res))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await auth.close();
    await database.drop();
  });

  it('CS-4: serves the pages with their files and protective headers', async () => {
    const { status, headers, text } = await request(url, { path: '/account/sign-in?next=1' });
    const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(text) ?? [];

    expect(status).toBe(200);
    expect(text).toContain('<title>Host</title>');
    expect(text).toContain('&quot;graphqlPath&quot;:&quot;/api/graphql&quot;');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect((await request(url, { path: script })).status).toBe(200);
    expect((await request(url, { path: '/reset-password?token=x' })).status).toBe(200);
    expect((await request(url, { path: '/.well-known/change-password' })).headers.location).toBe('/account/password');
  });

  it.each([
    ['GET', '/'],
    ['GET', '/account/billing'],
    ['GET', '/graphql'],
    ['POST', '/account'],
    ['OPTIONS', '/account'],
  ])('passes %s %s on', async (method, path) => {
    const { text, headers } = await request(url, { method, path });

    expect(text).toBe(`own: ${method} ${path}`);
    expect(headers['content-security-policy']).toBeUndefined();
  });
});
