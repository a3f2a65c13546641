import { ada, startApp, type TestApp } from '../support/app.ts';
import { post, type RawResponse, request, sendBytes } from '../support/raw.ts';

const LOGIN_WRONG = `mutation { login(email: "${ada.email}", password: "wrong horse") { __typename } }`;
const PROTECTION = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const JSON_TYPE = /^application\/(graphql-response\+)?json; charset=utf-8$/;

/** One request for each status code. */
const RESPONSES: [number, string, (app: TestApp, cookie: string) => Promise<RawResponse>][] = [
  [200, 'a query', app => post(app.url, '{ profile { id } }')],
  [200, 'a REST route', app => request(app.url, { path: '/' })],
  [200, 'a query of the signed-in user', (app, cookie) => post(app.url, '{ profile { id } }', { headers: { cookie } })],
  [400, 'a wrong document', app => post(app.url, '{ nothing }')],
  [400, 'a body that is not JSON', app => jsonBody(app, '{')],
  [401, 'a wrong password by REST', app => form(app, 'POST', '/sessions', 'email=a%40b.org&password=x')],
  [403, 'a route that needs a session', app => request(app.url, { path: '/profile' })],
  [403, 'a foreign origin', app => post(app.url, '{ profile { id } }', { headers: { origin: 'https://evil.test' } })],
  [404, 'an unknown path', app => request(app.url, { path: '/nothing' })],
  [405, 'an unknown method', app => request(app.url, { method: 'PATCH', path: '/users' })],
  [413, 'a large body', app => jsonBody(app, ' '.repeat(110_000))],
  [415, 'a wrong content type', app => request(app.url, { method: 'POST', path: '/graphql', body: 'x' })],
  [429, 'too many attempts', app => exceedLimit(app)],
  [
    303,
    'a logout over REST',
    (app, cookie) => request(app.url, { method: 'DELETE', path: '/sessions', headers: { cookie } }),
  ],
  [204, 'a preflight', app => request(app.url, { method: 'OPTIONS', path: '/graphql' })],
];

const jsonBody = (app: TestApp, body: string) =>
  request(app.url, { method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json' }, body });

const form = (app: TestApp, method: string, path: string, body: string) =>
  request(app.url, { method, path, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });

async function exceedLimit(app: TestApp): Promise<RawResponse> {
  for (let attempts = 1; attempts < 10; attempts++) {
    const response = await post(app.url, LOGIN_WRONG);
    if (response.status === 429) return response;
  }
  throw new Error('No attempt was limited.');
}

const SMTP = { SMTP_URL: 'smtp://localhost:1', MAIL_FROM: 'no-reply@example.org' };

describe.each([
  ['http', {}, undefined],
  ['https', { PUBLIC_URL: 'https://login.example.org', ...SMTP }, 'max-age=31536000'],
])('behind %s', (_, env, strictTransport) => {
  let app: TestApp;
  let cookie: string;
  beforeAll(async () => {
    app = await startApp({ env });
    const { cookies } = await app.register(ada);
    cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
  });
  afterAll(() => app.close());

  it.each(RESPONSES)(
    'CS-4, SE-9: a response %i to %s has the security headers, is not cacheable and does not reveal the software',
    async (status, _description, send) => {
      const response = await send(app, cookie);

      expect(response.status).toBe(status);
      expect(response.headers).toMatchObject(PROTECTION);
      expect(response.headers['strict-transport-security']).toBe(strictTransport);
      expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      if (response.text !== '') expect(response.headers['content-type']).toMatch(JSON_TYPE);
      expect(response.headers.server).toBeUndefined();
      expect(response.headers['x-powered-by']).toBeUndefined();
      expect(JSON.stringify(response.headers)).not.toMatch(/node|apollo|express/i);
    },
  );

  it('CS-4: a response 503 has the security headers while the database is down', async () => {
    await app.rows('alter table users rename to gone');
    const response = await request(app.url, { path: '/readyz' });
    await app.rows('alter table gone rename to users');

    expect(response.status).toBe(503);
    expect(response.headers).toMatchObject(PROTECTION);
    expect(response.headers['content-type']).toMatch(JSON_TYPE);
  });
});

describe('input that Node cannot parse as a request', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each([
    ['400', 'a line that is not HTTP', 'hello\r\n\r\n'],
    ['400', 'an unknown method', 'STEAL / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['400', 'two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    ['431', 'headers of 20 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['(417|200)', 'an unknown expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n'],
  ])('CS-4: receives %s with the security headers and a request id: %s', async (status, _, bytes) => {
    const response = await sendBytes(app.url, bytes);
    const requestId = /^x-request-id: (\S+)\r$/im.exec(response)?.[1];

    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(response).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(response).toMatch(/^content-type: application\/json; charset=utf-8\r$/im);
    expect(requestId).toBeDefined();
    expect(app.lines.filter(line => line.includes(String(requestId)))).toHaveLength(1);
  });
});
