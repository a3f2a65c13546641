import { ada, type Browser, bob, startApp, type TestApp } from '../support/app.ts';
import { post, type RawRequest, request } from '../support/raw.ts';

const PROFILE = '{ profile { email } }';
const VISITOR = { data: { profile: null } };
/** A header that pages of other sites cannot send, which Apollo requires for a GET. */
const PREFLIGHTED = { 'apollo-require-preflight': '1' };
const search = (...parameters: [string, string][]) => `/graphql?${new URLSearchParams(parameters)}`;

let app: TestApp;
let browser: Browser;
beforeAll(async () => {
  app = await startApp();
  browser = await app.register(ada);
});
afterAll(() => app.close());

const get = (path: string, headers: RawRequest['headers'] = PREFLIGHTED) => request(app.url, { path, headers });
const body = (text: string, path = '/graphql') =>
  request(app.url, { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: text });

describe('a query by GET', () => {
  it('is executed with the session of its cookie', async () => {
    const cookie = `session_id=${browser.cookies.session_id}`;

    expect((await get(search(['query', PROFILE]))).json).toEqual(VISITOR);
    expect((await get(search(['query', PROFILE]), { ...PREFLIGHTED, cookie })).json).toEqual({
      data: { profile: { email: ada.email } },
    });
  });

  it('accepts variables and an operationName', async () => {
    const query = 'query A($with: Boolean!) { profile @include(if: $with) { id } } query B { session { id } }';
    const path = search(['query', query], ['variables', '{"with":false}'], ['operationName', 'A']);

    expect((await get(path)).json).toEqual({ data: {} });
  });

  it('treats an empty operationName as absent', async () => {
    expect((await get(`${search(['query', PROFILE])}&operationName=`)).json).toEqual(VISITOR);
    expect((await get(`/graphql?operationName=&query=${encodeURIComponent(PROFILE)}`)).json).toEqual(VISITOR);
  });

  it('accepts any media type with an empty Accept header', async () => {
    const { status, json } = await get(search(['query', PROFILE]), { ...PREFLIGHTED, accept: '' });

    expect([status, json]).toEqual([200, VISITOR]);
  });

  it('CS-1: is refused when any page could have sent it, such as a link or an image', async () => {
    expect(await get(search(['query', PROFILE]), {})).toMatchObject({ status: 400 });
  });

  it('CS-1: of a mutation receives 405 with the allowed method', async () => {
    const { status, headers } = await get(search(['query', 'mutation { logout }']));

    expect([status, headers.allow]).toEqual([405, 'POST']);
  });

  it.each(['query', 'variables', 'operationName', 'extensions'])('IN-5: with %s twice is refused', async name => {
    const values: Record<string, string> = { query: PROFILE, variables: '{}', operationName: 'A', extensions: '{}' };
    const twice: [string, string][] = [
      [name, String(values[name])],
      [name, String(values[name])],
    ];
    const { status, json } = await get(
      search(...(name === 'query' ? [] : [['query', PROFILE] as [string, string]]), ...twice),
    );

    expect(status).toBe(400);
    expect(json.errors[0].extensions.code).toBe('BAD_REQUEST');
  });
});

describe('a request with duplicate or conflicting values', () => {
  it('IN-5: is executed from its body, whatever its URL contains', async () => {
    const { json } = await body(JSON.stringify({ query: PROFILE }), search(['query', '{ session { id } }']));

    expect(json).toEqual(VISITOR);
  });

  it('IN-5: takes no values missing in the body from its URL', async () => {
    const { status } = await body('{"variables":{}}', search(['query', PROFILE]));

    expect(status).toBe(400);
  });

  it('IN-5: uses the last of two duplicate keys, in the rate limiter and in the login', async () => {
    const login = 'mutation($email: String!) { login(email: $email, password: "wrong horse") { __typename } }';
    const text = `{"query":"{ nothing }","query":${JSON.stringify(login)},"variables":{"email":"${bob.email}","email":"${ada.email}"}}`;

    const codes: string[] = [];
    for (let attempts = 0; attempts < 6; attempts++) codes.push((await body(text)).json.errors[0].extensions.code);
    const other = await app.browser().send(login, { email: bob.email });

    expect(codes).toEqual([...Array(5).fill('INVALID_CREDENTIALS'), 'RATE_LIMITED']);
    expect(other.code).toBe('INVALID_CREDENTIALS');
  });

  it('IN-5: with two operations and no operationName executes neither', async () => {
    const { cookies } = await app.register({ ...bob, email: 'two@example.org' });
    const headers = { cookie: `session_id=${cookies.session_id}` };
    const { status, json } = await post(app.url, 'mutation A { logout } mutation B { logout }', { headers });

    expect(status).toBe(400);
    expect(json.errors[0].extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
    expect((await post(app.url, PROFILE, { headers })).json).toEqual({
      data: { profile: { email: 'two@example.org' } },
    });
  });

  it('IN-5: with a session in the cookie and another in Authorization is refused', async () => {
    const cookie = `session_id=${browser.cookies.session_id}`;
    const headers = { cookie, authorization: `Bearer ${browser.cookies.session_id}` };

    expect(await post(app.url, PROFILE, { headers })).toMatchObject({ status: 400 });
    expect(await request(app.url, { path: '/profile', headers })).toMatchObject({ status: 400 });
  });
});

describe('an operation', () => {
  it.each([
    ['a document that does not parse', '{ profile ', 'GRAPHQL_PARSE_FAILED'],
    ['a document that does not validate', '{ profile }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown operation', 'query A { profile { id } } query B { profile { id } }', 'OPERATION_RESOLUTION_FAILURE'],
    [
      'a subscription',
      'subscription { profile { id } }',
      expect.stringMatching(/^(GRAPHQL_VALIDATION_FAILED|BAD_REQUEST|OPERATION_RESOLUTION_FAILURE)$/),
    ],
  ])('is refused with 400 for %s', async (_, query, code) => {
    const { status, json } = await post(app.url, query);

    expect(json.errors[0].extensions.code).toEqual(code);
    expect(status).toBe(400);
  });

  it('is not executed when the client accepts none of the supported media types', async () => {
    const query = 'mutation { register(email: "cy@example.org", password: "correct horse") { __typename } }';
    const { status, headers } = await post(app.url, query, { headers: { accept: 'image/png' } });

    expect(status).toBe(406);
    expect(headers['set-cookie']).toBeUndefined();
    expect(await app.rows('select id from users where email = ?', 'cy@example.org')).toEqual([]);
  });

  it('has a response of the media type that the client accepts', async () => {
    const requested = await post(app.url, PROFILE, { headers: { accept: 'application/graphql-response+json' } });
    const byDefault = await post(app.url, PROFILE);

    expect(requested.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
    expect(byDefault.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('GQ-9: cannot be sent as a persisted query hash', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    const { json } = await body(JSON.stringify({ extensions }));

    expect(json.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  });
});
