import { setImmediate as turn } from 'node:timers/promises';
import { ada, type Browser, LOGIN, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { EVERY_OPERATION, EVERY_ROUTE, sendRoute, valuesOf } from '../support/every-operation.ts';
import { post, type RawRequest, request, sendBytes } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Part of every value that a client can choose, and of nothing else. */
const CANARY = 'canary7f3a';
const CANARIES: Record<string, string> = {
  email: `${CANARY}@example.org`,
  password: `${CANARY} battery staple`,
  newPassword: `${CANARY} horse staple`,
  token: `${CANARY}${'a'.repeat(43 - CANARY.length)}`,
  reset_token: `${CANARY}${'b'.repeat(43 - CANARY.length)}`,
};
const textOf = (name: string) => CANARIES[name] ?? CANARY;

/** Control and bidirectional characters, which could forge or hide a line. */
const UNCLEAN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const FORGED = `x\r\n{"level":"info","msg":"forged"}\u2028\u001b[2Jred\u202Eder\u0085`;

const HEADERS = {
  'user-agent': CANARY,
  authorization: `Bearer ${CANARIES.token}`,
  referer: `https://${CANARY}.example.org/?token=${CANARY}`,
  'x-forwarded-for': CANARY,
  'x-request-id': CANARY,
  'x-apollo-operation-name': CANARY,
  'accept-language': CANARY,
  'apollo-require-preflight': '1',
};

const DOCUMENTS = [
  `query ${CANARY} { ${CANARY}: profile { ${CANARY}: id } }`,
  `{ ${CANARY} }`,
  `{ profile { ${CANARY} } }`,
  `subscription { ${CANARY} }`,
  `mutation { ${CANARY}(email: "${CANARY}") }`,
  `query($${CANARY}: ${CANARY}!) { profile { id } }`,
  `{ profile { ...${CANARY} } } fragment ${CANARY} on User { id }`,
  `{ profile @${CANARY} { id } } # ${CANARY}`,
  `mutation { login(email: {${CANARY}: 1}, password: "${CANARY}") { __typename } }`,
  `{ ${CANARY}`,
];

const byHand: RawRequest[] = [
  { path: `/${CANARY}?${CANARY}=${CANARY}` },
  { path: `/graphql?query={${CANARY}}&${CANARY}`, headers: HEADERS },
  { path: '/profile', headers: { ...HEADERS, authorization: undefined, cookie: `session_id=${CANARY}; ${CANARY}=1` } },
  { path: '/livez', headers: { ...HEADERS, origin: `https://${CANARY}.example.org`, accept: CANARY } },
  { method: 'POST', path: '/graphql', headers: { 'content-type': `application/${CANARY}` }, body: CANARY },
  { method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json' }, body: `{"${CANARY}":` },
  {
    method: 'POST',
    path: '/users',
    headers: { 'content-type': 'application/json' },
    body: `{"${CANARY}":"${CANARY}"}`,
  },
  { method: 'POST', path: '/sessions', headers: { 'content-type': CANARY }, body: `email=${CANARY}` },
].map(({ headers = {}, ...rest }) => ({
  ...rest,
  headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
}));

/** Sends every request with a canary in each input. Returns the number of requests. */
async function sendEverything(url: string): Promise<number> {
  const requests = [
    ...EVERY_OPERATION.flatMap(operation =>
      // With a token, a broken database fails the request before the operation runs.
      [HEADERS, {}].map(
        headers => () => post(url, operation.query, { variables: valuesOf(operation, textOf), headers }),
      ),
    ),
    ...EVERY_ROUTE.flatMap(route =>
      [HEADERS, {}].map(headers => () => sendRoute(url, route, { text: textOf, headers })),
    ),
    ...DOCUMENTS.map(query => () => post(url, query, { variables: { [CANARY]: CANARY } })),
    ...byHand.map(raw => () => request(url, raw)),
  ];
  for (const send of requests) await send();
  return requests.length;
}

describe.each<[string, (database: TestDatabase) => Promise<void>]>([
  ['that works', async () => {}],
  ['without its tables', database => database.renameTables()],
  ['that is down', database => database.takeDown()],
])('with a database %s, at log level trace', (_, prepare) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await prepare(app.database);
  });
  afterAll(() => app.close());

  it('LO-1: no log line contains anything that a client sent', async () => {
    const count = await sendEverything(app.url);
    await app.auth.settle().catch(() => {});

    expect(app.lines.filter(line => line.includes('"request completed"'))).toHaveLength(count);
    expect(app.lines.filter(line => line.includes(CANARY))).toEqual([]);
  });
});

describe('a process, at log level trace', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ LOG_LEVEL: 'trace', BIENVENUE_RATE_LIMITS: 'off' });
  });
  afterAll(() => server.close());

  it('LO-1: writes nothing that a client sent to stdout or stderr', async () => {
    await sendEverything(server.url);
    await server.database.renameTables();
    await sendEverything(server.url);
    await sendBytes(server.url, `${CANARY} / HTTP/1.1\r\nHost: ${CANARY}\r\n\r\n`);
    await server.signal('SIGTERM');

    expect(server.lines.length).toBeGreaterThan(100);
    expect(server.lines.filter(line => JSON.stringify(line).includes(CANARY))).toEqual([]);
    expect(server.stderr).toBe('');
  });
});

describe('a secret that the service issues', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startApp();
    browser = await app.register(ada);
  });
  afterAll(() => app.close());

  it('LO-1: is not logged: session tokens, reset tokens, and their users', async () => {
    const bearer = await app.browser().send(LOGIN, { ...ada, transport: 'BEARER' });
    const token = await app.resetToken(ada.email);
    await app.browser().send(RESET_PASSWORD, { token, newPassword: 'another horse battery' });
    await app.browser().send(LOGIN, { ...ada, password: 'another horse battery' });
    await app.mails();

    const secrets = [
      browser.cookies.session_id,
      bearer.data.login.token,
      token,
      ada.email,
      ada.password,
      'another horse',
    ];
    expect(secrets.every(secret => typeof secret === 'string' && secret.length > 10)).toBe(true);
    expect(app.lines.filter(line => secrets.some(secret => line.includes(secret)))).toEqual([]);
    expect(app.lines.some(line => line.includes('mail sent'))).toBe(true);
  });
});

describe('a client that tries to forge log lines', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    app.lines.length = 0;
  });
  afterAll(() => app.close());

  it('LO-2: causes exactly one line per request', async () => {
    const long = 'x'.repeat(15_000);
    const huge = 'x'.repeat(90_000);
    const responses = [
      await post(app.url, LOGIN, { variables: { email: FORGED, password: FORGED } }),
      await post(app.url, `query ${'a'.repeat(50_000)} { profile { id } }`),
      await post(app.url, `{ ${'b'.repeat(80_000)} }`),
      await post(app.url, `{ ${'profile { id } '.repeat(5000)} }`),
      await post(app.url, '{ profile { id } }', { headers: { 'user-agent': long } }),
      await post(app.url, '{ profile { id } }', { headers: { 'user-agent': 'x\u0085', 'x-request-id': 'x\u009b2J' } }),
      await post(app.url, LOGIN, { variables: { email: huge, password: huge } }),
      await request(app.url, { path: `/${'%0a%1b'.repeat(1000)}` }),
      await request(app.url, {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json' },
        body: FORGED,
      }),
      await request(app.url, {
        method: 'POST',
        path: '/users',
        headers: { 'content-type': 'application/json' },
        body: 'x'.repeat(1_000_000),
      }),
    ];

    // The line is written when the response is finished on the server, which may be later than the client receives it.
    while (app.lines.length < responses.length) await turn();

    expect(app.lines).toHaveLength(responses.length);
    for (const line of app.lines) {
      expect(line.endsWith('}\n')).toBe(true);
      expect(line.trimEnd()).not.toMatch(UNCLEAN);
      expect(JSON.parse(line).msg).toBe('request completed');
      for (const value of Object.values(JSON.parse(line))) expect(String(value).length).toBeLessThanOrEqual(1024);
    }
  });
});
