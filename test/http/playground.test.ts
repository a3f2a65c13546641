import { startApp, type TestApp } from '../support/app.ts';
import { post, request } from '../support/raw.ts';

/** The headers of a browser that opens an address. */
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-site': 'none' };
const FOLDER = '/graphql/playground/';
const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
};
/** The script builds these file names from parts. */
const WORKERS = ['editor', 'graphql', 'json'].map(name => `${FOLDER}${name}.worker.js`);

/** The URLs that a file of the playground refers to. */
function namedIn(text: string): string[] {
  const absolute = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => String(path));
  const relative = [...text.matchAll(/["'`(]\.\/([\w.-]+\.(?:js|css|ttf))["'`)]/g)].map(([, file]) => FOLDER + file);
  return [...absolute, ...relative];
}

describe('the playground', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('is the page at /graphql for a browser', async () => {
    const { status, headers, text } = await request(app.url, { path: '/graphql', headers: NAVIGATION });

    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<title>Bienvenue playground</title>');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('links to the dev mailbox', async () => {
    const { text } = await request(app.url, { path: '/graphql', headers: NAVIGATION });

    expect(text).toContain('<div id="playground" data-mailbox="/dev/mailbox">');
  });

  it('is also served for a link from another site, and with a query string', async () => {
    const headers = { ...NAVIGATION, 'sec-fetch-site': 'cross-site' };

    expect(await request(app.url, { path: '/graphql', headers })).toMatchObject({ status: 200 });
    expect((await request(app.url, { path: '/graphql?query={profile{id}}', headers })).text).toContain('<title>');
  });

  it('loads all its files from this server, each with its media type', async () => {
    const { text } = await request(app.url, { path: '/graphql', headers: NAVIGATION });
    const found = new Set([...namedIn(text), ...WORKERS]);

    for (const path of found) {
      const response = await request(app.url, { path });
      expect([path, response.status]).toEqual([path, 200]);
      expect([path, response.headers['content-type']]).toEqual([path, TYPES[path.split('.').at(-1) ?? '']]);
      expect(response.headers['x-content-type-options']).toBe('nosniff');
      if (!path.endsWith('.ttf')) for (const name of namedIn(response.text)) found.add(name);
    }
    expect([...found].every(path => path.startsWith(FOLDER))).toBe(true);
    expect(found.size).toBeGreaterThan(6);
    expect([...found].map(path => path.split('.').at(-1))).toEqual(expect.arrayContaining(['js', 'css']));
  });

  it('may run only its own scripts, connect only to this service, and not be framed', async () => {
    for (const path of ['/graphql', `${FOLDER}playground.js`, ...WORKERS]) {
      const { headers } = await request(app.url, { path, headers: NAVIGATION });
      const policy = String(headers['content-security-policy']).split('; ');

      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "connect-src 'self'",
          "worker-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
        ]),
      );
      expect(policy.join()).not.toMatch(/unsafe-eval|https?:|\*/);
    }
  });

  it('lets browsers cache only files with a hash in their names', async () => {
    const { text } = await request(app.url, { path: `${FOLDER}playground.js` });
    const hashed = namedIn(text).find(path => /-[a-z0-9]{8}\.js$/.test(path)) as string;

    const cachingOf = async (path: string) =>
      (await request(app.url, { path, headers: NAVIGATION })).headers['cache-control'];
    expect(await cachingOf(hashed)).toBe('public, max-age=31536000, immutable');
    expect(await cachingOf(`${FOLDER}playground.js`)).toBe('no-cache');
    expect(await cachingOf('/graphql')).toBe('no-cache');
  });

  it.each(['/graphql', `${FOLDER}playground.js`])('is sent again only when it has changed: %s', async path => {
    const send = (headers = {}) => request(app.url, { path, headers: { ...NAVIGATION, ...headers } });
    const { headers } = await send();

    const same = await send({ 'if-none-match': headers.etag });
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', headers.etag]);
    expect(same.headers['cache-control']).toBe('no-cache');
    expect(await send({ 'if-none-match': '"of-another-version"' })).toMatchObject({ status: 200 });
    // The compressed file has an entity tag of its own.
    const compressed = await send({ 'accept-encoding': 'br' });
    expect(compressed.headers['content-encoding']).toBe(path === '/graphql' ? undefined : 'br');
    expect(compressed.headers.etag === headers.etag).toBe(path === '/graphql');
  });

  it.each([
    '',
    '..',
    '../',
    '../../package.json',
    '../index.html',
    '..%2f..%2fpackage.json',
    '%2e%2e/%2e%2e/package.json',
    '..\\..\\package.json',
    './playground.js',
    '/playground.js',
    'playground.js/',
    'playground.js%00',
    'playground.js%00.css',
    'PLAYGROUND.JS',
    'playground.js.map',
    'constructor',
    '__proto__',
    'hasOwnProperty',
  ])('CS-5: serves no other file of its folder or its parents: %s', async name => {
    expect(await request(app.url, { path: FOLDER + name })).toMatchObject({ status: 404 });
  });

  it('enables introspection and suggestions for misspelt names', async () => {
    const schema = await post(app.url, '{ __schema { queryType { name } } }');
    const misspelt = await post(app.url, '{ profle { id } }');

    expect(schema.json).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
    expect(misspelt.json.errors[0].message).toContain('Did you mean "profile"?');
  });
});

describe('the playground of a service with a mail server', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { SMTP_URL: 'smtp://localhost:1', MAIL_FROM: 'no-reply@example.org' } });
  });
  afterAll(() => app.close());

  it('does not link to a mailbox', async () => {
    const { status, text } = await request(app.url, { path: '/graphql', headers: NAVIGATION });

    expect(status).toBe(200);
    expect(text).toContain('<div id="playground">');
    expect(text).not.toContain('mailbox');
  });
});

describe.each([
  ['switched off', { BIENVENUE_PLAYGROUND: 'off' }],
  [
    'of a public service',
    { PUBLIC_URL: 'https://login.example.org', SMTP_URL: 'smtp://localhost:1', MAIL_FROM: 'no-reply@example.org' },
  ],
])('a playground %s', (_, env) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env });
  });
  afterAll(() => app.close());

  it('GQ-5: is not served, nor are its files', async () => {
    const page = await request(app.url, { path: '/graphql', headers: NAVIGATION });
    const parts = ['index.html', 'playground.js', 'playground.css'].map(file =>
      request(app.url, { path: FOLDER + file }),
    );

    expect(page.status).toBe(400);
    expect(page.text).not.toContain('<');
    expect((await Promise.all(parts)).map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('GQ-5: is not linked from the front page', async () => {
    const { text } = await request(app.url, { path: '/', headers: NAVIGATION });

    expect(text).toContain('<h1>Bienvenue</h1>');
    expect(text).not.toContain('playground');
  });

  it.each(['{ __schema { types { name } } }', '{ __type(name: "User") { name } }'])(
    'GQ-5: does not reveal the schema: %s',
    async query => {
      const { status, json } = await post(app.url, query);

      expect(status).toBe(400);
      expect(json.data).toBeUndefined();
    },
  );

  it.each([
    '{ profle { id } }',
    '{ profile { emial } }',
    'mutation { login(emial: "a", password: "b") { __typename } }',
    'mutation { login(email: "a", password: "b", transport: COOKI) { __typename } }',
    'query($x: Strin!) { profile { id } }',
    'mutation { login(email: "a", password: "b") { ... on SignedInn { token } } }',
    '{ profile @inclde(if: true) { id } }',
  ])('GQ-5: suggests no names: %s', async query => {
    const { status, text } = await post(app.url, query);

    expect(status).toBe(400);
    expect(text).not.toMatch(/did you mean/i);
  });

  it('GQ-5: suggests no names for a variable', async () => {
    const query = 'mutation($t: SessionTransport!) { login(email: "a", password: "b", transport: $t) { __typename } }';
    const { status, text } = await post(app.url, query, { variables: { t: 'COOKI' } });

    expect(status).toBe(400);
    expect(text).not.toMatch(/did you mean|COOKIE/i);
  });
});
