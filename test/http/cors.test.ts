import { ada, PROFILE, REGISTER, startApp, type TestApp } from '../support/app.ts';
import { type RawRequest, request } from '../support/raw.ts';

const EXTENSION = 'chrome-extension://jpkfjicglakibpenojifdiepckckakgk';
const LISTED = ['https://app.test', 'http://localhost:5173', 'capacitor://localhost', 'tauri://localhost', EXTENSION];
const FOREIGN = [
  'https://evil.test',
  'https://app.test.evil.test',
  'https://evilapp.test',
  'https://x.app.test',
  'http://app.test',
  'https://app.test:8443',
  'https://APP.test',
  'https://app.test/',
  'http://localhost:51730',
  'null',
  '*',
];
const PATHS = ['/graphql', '/sessions', '/nothing'];

const preflight = (path: string, origin: string): RawRequest => ({
  method: 'OPTIONS',
  path,
  headers: {
    origin,
    'sec-fetch-site': 'cross-site',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type, x-secret',
  },
});

describe('a preflight request from another origin', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ALLOWED_ORIGINS: LISTED.join(',') } });
  });
  afterAll(() => app.close());

  describe.each(PATHS)('for %s', path => {
    it.each(LISTED)('CS-3: allows credentials from %s, an allowed origin', async origin => {
      const { status, headers } = await request(app.url, preflight(path, origin));

      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      });
      expect(headers['access-control-allow-methods']).toBe('GET, POST, PUT, DELETE');
      // Any header is allowed, because tracing and client libraries add their own.
      expect(headers['access-control-allow-headers']).toBe('content-type, x-secret');
    });

    it.each(FOREIGN)('CS-3: receives no CORS headers for %s', async origin => {
      const { headers } = await request(app.url, preflight(path, origin));

      expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([]);
      expect(headers.vary).toBe('Origin');
    });
  });

  it.each<[number, RawRequest]>([
    [200, { path: '/livez' }],
    [404, { path: '/nothing' }],
    [405, { path: '/users' }],
    [403, { path: '/profile' }],
    [415, { method: 'POST', path: '/graphql', body: 'x' }],
    [
      413,
      { method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json' }, body: 'x'.repeat(110_000) },
    ],
  ])('CS-3: lets only a page of an allowed origin read a response with %s', async (expected, original) => {
    const from = (origin: string) => request(app.url, { ...original, headers: { ...original.headers, origin } });

    const listed = await from('https://app.test');
    const foreign = await from('https://evil.test');

    expect(listed.status).toBe(expected);
    expect(listed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.test',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(listed.headers['access-control-expose-headers']).toBe('x-request-id, retry-after');
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    expect(foreign.headers.vary).toBe('Origin');
  });

  it('CS-3: lets a browser extension on the list sign in and read the response', async () => {
    const browser = app.browser({ headers: { origin: EXTENSION, 'sec-fetch-site': 'cross-site' } });

    const { headers, errors } = await browser.send(REGISTER, { ...ada });

    expect(errors).toBeUndefined();
    expect(headers.get('access-control-allow-origin')).toBe(EXTENSION);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect((await browser.send(PROFILE)).data.profile.email).toBe(ada.email);
  });

  it('CS-3: sends Vary also to a request without an origin, for shared caches', async () => {
    expect((await request(app.url, { path: '/livez' })).headers.vary).toBe('Origin');
  });
});

describe('a service without allowed origins', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each([...FOREIGN, 'https://app.test'])('CS-3: sends no CORS headers to a page of %s', async origin => {
    const { headers } = await request(app.url, preflight('/graphql', origin));

    expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([]);
  });
});
