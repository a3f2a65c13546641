import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { serverAudits } from 'graphql-http';
import { QueryFastPath } from '../../src/http/query-fast-path.ts';
import { ada, PROFILE, SESSION, startApp, type TestApp } from '../support/app.ts';

const REQUESTS = 1000;

/** A fast path that counts its responses. */
class CountingFastPath extends QueryFastPath {
  executed = 0;

  override async respond(...parameters: Parameters<QueryFastPath['respond']>) {
    const response = await super.respond(...parameters);
    if (response) this.executed += 1;
    return response;
  }
}

/** Picks one of the given values, reproducibly (mulberry32). */
function seededPicker(seed: number): <T>(values: readonly T[]) => T {
  let state = seed;
  return values => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return values[((mixed ^ (mixed >>> 14)) >>> 0) % values.length] as never;
  };
}

const QUERIES = [
  PROFILE,
  SESSION,
  '{ profile { id email } }',
  'query Profile { profile { id email name emailVerified createdAt } }',
  'query P($more: Boolean = false) { profile { id name @include(if: $more) email @skip(if: $more) } }',
  'query P($more: Boolean!) { profile { ...f @include(if: $more) } } fragment f on User { id }',
  '{ one: profile { id } two: profile { id name } session { id current lastUsedAt } }',
  '{ __typename }',
  'query A { profile { id } } query B { session { id } }',
  'mutation { logout }',
  'mutation { login(email: "nobody@example.org", password: "wrong zebra") { __typename } }',
  '{ nothing }',
  '{ profile { id }',
  'subscription { profile { id } }',
  '{ __schema { queryType { name } } }',
  '',
];
/** Undefined means absent. */
const UNUSUAL = {
  operationName: [null, '', 'Profile', 'P', 'A', 'B', 7],
  variables: [null, {}, { more: true }, { more: null }, { more: 'x' }, [], 'x', 1],
  extensions: [null, {}, [], 'x', { persistedQuery: { version: 1 } }],
  other: [null, 1],
  contentType: ['application/json; charset=utf-8', 'text/plain', undefined],
  origin: ['https://elsewhere.example', 'https://listed.example'],
};
const FORMS = ['application/json', 'application/graphql-response+json'];
const ACCEPTS = [
  ...[undefined, '*/*', ...FORMS, FORMS.join(', '), `${FORMS[1]};q=0.5, ${FORMS[0]}`, 'application/*'],
  ...['application/json;charset=utf-8', 'text/html', 'application/json;q=0', 'multipart/mixed', ''],
];

interface Sent {
  method: string;
  path: string;
  headers: OutgoingHttpHeaders;
  body?: string;
}

type Picker = ReturnType<typeof seededPicker>;

/** A request of a front end with a few random deviations. */
function randomRequest(pick: Picker, credentials: OutgoingHttpHeaders[]): Sent {
  const rarely = <T>(usual: T, unusual: readonly unknown[]) => (pick(TEN) === 0 ? (pick(unusual) as T) : usual);
  const { contentType, origin, ...members } = UNUSUAL;
  const deviations = Object.entries(members).map(([name, values]) => [name, rarely(undefined, values)]);
  const query = pick(QUERIES);
  const body = JSON.stringify({ query, ...Object.fromEntries(deviations) });
  const headers = {
    accept: pick([FORMS.join(', '), pick(ACCEPTS)]),
    'content-type': rarely('application/json', contentType),
    origin: rarely(undefined, origin),
    ...pick(credentials),
  };
  if (pick(TEN) > 0)
    return {
      method: 'POST',
      path: '/graphql',
      headers,
      body: rarely(body, [`[${body}]`, body.slice(0, -1), 'null']),
    };
  return { method: 'GET', path: `/graphql?${new URLSearchParams({ query })}`, headers };
}

const TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

const agent = new Agent({ keepAlive: true });

/** The whole response except the request id and the date, which always differ. */
function responseTo(url: string, { method, path, headers, body }: Sent): Promise<string> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const present = Object.entries({ ...headers, ...length }).filter(([, value]) => value !== undefined);
    const sending = request(new URL(path, url), { method, agent, headers: Object.fromEntries(present) }, res => {
      const chunks: Buffer[] = [];
      res.on('data', chunk => chunks.push(chunk));
      res.on('end', () => {
        const requestId = String(res.headers['x-request-id']);
        const head = [`${res.statusCode} ${res.statusMessage}`, ...res.rawHeaders].join('\n');
        const text = `${head}\n\n${Buffer.concat(chunks)}`;
        resolve(text.replaceAll(requestId, '<request id>').replace(/(?<=\nDate\n).*/, '<now>'));
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

describe('a cached query', () => {
  const fastPath = new CountingFastPath();
  let fast: TestApp;
  let apollo: TestApp;
  beforeAll(async () => {
    const env = { BIENVENUE_RATE_LIMITS: 'off', BIENVENUE_ALLOWED_ORIGINS: 'https://listed.example' };
    fast = await startApp({ env, queryFastPath: fastPath });
    const { clock, database } = fast;
    apollo = await startApp({ env, database, ports: { clock }, queryFastPath: new QueryFastPath(0) });
  });
  afterAll(async () => {
    agent.destroy();
    await apollo.close();
    await fast.close();
  });

  it(`GQ-1: has the same bytes and headers as from Apollo, in ${REQUESTS} requests`, async () => {
    const { session_id: token } = (await fast.register(ada)).cookies;
    const stale = 'a'.repeat(43);
    const credentials = [
      {},
      { cookie: `session_id=${token}` },
      { cookie: `session_id=${token}` },
      { authorization: `Bearer ${token}` },
      { cookie: `session_id=${stale}` },
      { authorization: `Bearer ${stale}` },
      { cookie: `session_id=${token}`, authorization: `Bearer ${token}` },
      { cookie: `session_id=${token}`, origin: 'https://listed.example' },
    ];
    const pick = seededPicker(20261124);
    const different: unknown[] = [];
    for (let count = 0; count < REQUESTS; count++) {
      const request = randomRequest(pick, credentials);
      // A logout would leave the other requests without a session.
      if (request.body?.includes('logout') && !request.headers.cookie?.includes(stale)) continue;
      const [fastResponse, apolloResponse] = await Promise.all([
        responseTo(fast.url, request),
        responseTo(apollo.url, request),
      ]);
      if (fastResponse !== apolloResponse) different.push({ request, fastResponse, apolloResponse });
    }

    expect(different).toEqual([]);
    expect(fastPath.executed).toBeGreaterThan(REQUESTS / 8);
  });

  it('SE-4: is executed as a visitor as soon as the session has ended', async () => {
    const browser = await fast.login(ada);
    const before = fastPath.executed;
    const sendProfile = () => browser.send(PROFILE);
    await sendProfile();
    expect(await sendProfile()).toMatchObject({ data: { profile: { email: ada.email } } });

    await browser.send('mutation { logout }');

    expect(await sendProfile()).toMatchObject({ data: { profile: null } });
    expect(fastPath.executed).toBeGreaterThan(before);
  });

  it('is evicted for newer ones, so that clients cannot fill the memory', async () => {
    const smallCache = new CountingFastPath(2);
    const app = await startApp({ queryFastPath: smallCache });
    const names = ['a', 'b', 'c', 'a'];
    for (const name of names) await app.browser().send(`query ${name} { profile { id } }`);
    expect(smallCache.executed).toBe(0);

    await app.browser().send('query a { profile { id } }');
    await app.close();

    expect(smallCache.executed).toBe(1);
  });
});

describe.each([
  ['with the fast path', () => new QueryFastPath()],
  ['without the fast path', () => new QueryFastPath(0)],
])('the service %s', (_, queryFastPath) => {
  let app: TestApp;
  afterEach(() => app.close());

  it('GQ-1: passes the public audits', async () => {
    app = await startApp({ queryFastPath: queryFastPath() });
    const fetchFn = (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...init.headers, 'apollo-require-preflight': '1' } });
    const audits = serverAudits({ url: `${app.url}/graphql`, fetchFn });
    // Twice in sequence: the second run uses the cached queries.
    for (let round = 0; round < 2; round++) {
      const statuses: string[] = [];
      for (const audit of audits) statuses.push((await audit.fn()).status);
      expect(statuses).toHaveLength(61);
      expect(statuses).not.toContain('error');
    }
  });
});
