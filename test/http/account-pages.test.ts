import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as served from '../../src/http/account-pages/page-settings.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { request } from '../support/raw.ts';

/** The headers of a browser that opens an address. */
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-site': 'none' };

const PAGES = [
  '/account',
  '/account/sign-in',
  '/account/register',
  '/account/forgot-password',
  '/account/password',
  '/account/email',
  '/account/sessions',
  '/account/activity',
  '/account/data',
  '/account/delete',
  '/account/admin/users',
  '/account/admin/users/0195d2a4-0000-7000-8000-000000000000',
  '/account/admin/events',
];
const LINK_PAGES = ['/reset-password', '/verify-email', '/confirm-email', '/revert-email'];
const CHANGE_PASSWORD = '/.well-known/change-password';

const open = (app: TestApp, path: string, headers = {}, method = 'GET') =>
  request(app.url, { method, path, headers: { ...NAVIGATION, ...headers } });

/** The files that a page loads. */
const filesIn = (html: string) => [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => String(path));

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

describe('the account pages', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each([...PAGES, ...LINK_PAGES])('are at %s', async path => {
    const { status, headers, text } = await open(app, path);
    const head = await open(app, path, {}, 'HEAD');

    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toMatch(/^<!doctype html>/);
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', headers['content-length']]);
  });

  it('are those that web/ has a route for', () => {
    const routes = [...readFileSync('web/routes.ts', 'utf8').matchAll(/path: '([^']+)'/g)].map(([, path]) => path);

    expect([...served.PAGES, ...served.LINK_PAGES].toSorted()).toEqual(routes.toSorted());
  });

  it('CS-4: run scripts of this server only, cannot be framed, cached or sniffed, and send no Referer', async () => {
    const { headers, text } = await open(app, '/reset-password?token=secret');
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? [];

    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    });
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'sha256-${sha256(style)}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('CS-4: contain nothing inline that the policy would block, and nothing of other hosts', async () => {
    const { text } = await open(app, '/account');

    expect(text).not.toMatch(/<script(?![^>]* src=)|\sstyle=|\son\w+=|https?:/i);
    expect(text.match(/<style>/g)).toHaveLength(1);
  });

  it('write no token of a link into the log', async () => {
    await open(app, '/verify-email?token=a-secret-of-the-mail');

    expect(app.lines.filter(line => line.includes('"path":"/verify-email"'))).not.toEqual([]);
    expect(app.lines.join()).not.toContain('a-secret-of-the-mail');
  });

  it.each(['/account/nothing', '/account/admin/users/1/2', '/account/assets/', '/account/assets/x.js'])(
    'CS-5: do not exist at %s',
    async path => {
      const page = await open(app, path);
      const json = await open(app, path, { accept: '*/*' });

      expect([page.status, page.text]).toEqual([404, (await open(app, '/account')).text]);
      expect([json.status, json.json]).toEqual([404, { message: 'There is nothing at this address.' }]);
    },
  );

  it('is found with a slash at its end', async () => {
    const { status, headers } = await open(app, '/account/');

    expect([status, headers.location]).toEqual([303, '/account']);
  });

  it.each(['/account', '/account/sign-in', '/reset-password', CHANGE_PASSWORD])(
    'CS-5: respond 405 to other methods than GET and HEAD at %s',
    async path => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status, headers } = await open(app, path, {}, method);
        expect([method, status, headers.allow]).toEqual([method, 405, 'GET, HEAD']);
      }
    },
  );

  it.each([CHANGE_PASSWORD, `${CHANGE_PASSWORD}?next=https://evil.test`])(
    'CS-6: lead password managers to the page that changes the password: %s',
    async path => {
      const { status, headers, text } = await open(app, path);

      expect([status, headers.location, text]).toEqual([303, '/account/password', '']);
    },
  );
});

describe('the files of the account pages', () => {
  let app: TestApp;
  let files: string[];
  beforeAll(async () => {
    app = await startApp();
    files = filesIn((await open(app, '/account')).text);
  });
  afterAll(() => app.close());

  it('are served by this server, kept by browsers for a year, and nothing when opened by themselves', async () => {
    expect(files.map(path => path.split('.').at(-1))).toEqual(expect.arrayContaining(['js', 'css']));
    for (const path of files) {
      expect(path).toMatch(/^\/account\/assets\//);
      const { status, headers } = await request(app.url, { path });
      expect([path, status]).toEqual([path, 200]);
      expect(headers['content-type']).toMatch(/^text\/(javascript|css); charset=utf-8$/);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate, br;q=0.5', 'br'],
    ['gzip', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *;q=0.5', 'gzip'],
    ['BR; Q=1', 'br'],
    ['br;q=0, gzip;q=0', undefined],
    ['identity', undefined],
    ['deflate', undefined],
    ['br;q=much', undefined],
    [',;,', undefined],
    ['', undefined],
  ])('are compressed as Accept-Encoding allows: %j', async (accepted, encoding) => {
    for (const path of ['/account', ...files]) {
      const plain = await request(app.url, { path, headers: NAVIGATION });
      // It decodes the body.
      const response = await fetch(app.url + path, { headers: { ...NAVIGATION, 'accept-encoding': accepted } });
      const size = Number(response.headers.get('content-length'));

      expect(await response.text()).toBe(plain.text);
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect([response.headers.get('vary'), plain.headers.vary]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
      if (plain.text.length < 1024) continue;
      expect(response.headers.get('content-encoding') ?? undefined).toBe(encoding);
      if (encoding) expect(size).toBeLessThan(plain.text.length / 2);
      else expect(size).toBe(Buffer.byteLength(plain.text));
    }
  });

  it('have the length of the compressed body for HEAD', async () => {
    const [path] = files;
    const headers = { 'accept-encoding': 'br' };
    const [get, head] = [
      await fetch(app.url + path, { headers }),
      await fetch(app.url + path, { method: 'HEAD', headers }),
    ];

    expect(head.headers.get('content-encoding')).toBe('br');
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
  });
});

describe('the account pages of a service with its own front end', () => {
  it.each(['https://app.example.org', 'http://localhost:3000/app'])(
    'leave the links in mails to APP_URL, and keep the others: %s',
    async APP_URL => {
      const app = await startApp({ env: { APP_URL } });
      try {
        for (const path of LINK_PAGES) expect((await open(app, path)).status).toBe(404);
        for (const path of PAGES) expect((await open(app, path)).status).toBe(200);
        expect((await open(app, CHANGE_PASSWORD)).headers.location).toBe('/account/password');
      } finally {
        await app.close();
      }
    },
  );

  it('have the links in mails where APP_URL is PUBLIC_URL', async () => {
    const env = { PUBLIC_URL: 'http://login.localhost', APP_URL: 'http://login.localhost/' };
    const app = await startApp({ env });

    for (const path of LINK_PAGES) expect((await open(app, path)).status).toBe(200);
    await app.close();
  });

  it('are warned about where APP_URL is below them', async () => {
    const env = { PUBLIC_URL: 'http://login.localhost', APP_URL: 'http://login.localhost/account' };
    const app = await startApp({ env });

    expect(app.lines.join()).toContain('APP_URL is below /account');
    await app.close();
  });
});

describe('a service with BIENVENUE_PAGES=off', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_PAGES: 'off' } });
  });
  afterAll(() => app.close());

  it.each([...PAGES, ...LINK_PAGES, CHANGE_PASSWORD, '/account/nothing'])('CS-5: has nothing at %s', async path => {
    const { status, text } = await open(app, path);

    expect(status).toBe(404);
    expect(text).toContain('There is nothing at this address.');
  });
});
