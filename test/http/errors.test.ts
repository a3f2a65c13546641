import { ada, startApp, type TestApp } from '../support/app.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { EVERY_OPERATION, EVERY_ROUTE, rightText, sendRoute, valuesOf } from '../support/every-operation.ts';
import { INTERNALS } from '../support/hostile-values.ts';
import { post, request } from '../support/raw.ts';

const operations = EVERY_OPERATION.map(operation => [operation.field, operation] as const);
const routes = EVERY_ROUTE.map(route => [`${route.method} ${route.path}`, route] as const);
/** Public operations that need the database. */
const PUBLIC = ['register', 'login', 'requestPasswordReset', 'resetPassword'];

describe.each<[string, string, number, (database: TestDatabase) => Promise<void>]>([
  ['with its tables gone', 'INTERNAL_SERVER_ERROR', 500, database => database.renameTables()],
  ['that is down', 'UNAVAILABLE', 503, database => database.takeDown()],
])('with a database %s', (_, code, status, breakDatabase) => {
  let app: TestApp;
  let cookie: string;
  beforeAll(async () => {
    app = await startApp();
    cookie = `session_id=${(await app.register(ada)).cookies.session_id}`;
    await breakDatabase(app.database);
  });
  beforeEach(() => {
    app.lines.length = 0;
  });
  afterAll(() => app.close());

  const logged = (requestId: unknown) =>
    app.lines.map(line => JSON.parse(line)).filter(line => line.requestId === requestId);

  it.each(operations)('GQ-6: %s of a signed-in user reports a failure without its cause', async (_field, operation) => {
    const variables = valuesOf(operation, rightText);
    const { text, json, headers } = await post(app.url, operation.query, { variables, headers: { cookie } });

    expect(json.errors).toHaveLength(1);
    expect(json.errors[0].extensions).toEqual({ code, requestId: headers['x-request-id'] });
    expect(text).not.toMatch(INTERNALS);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each(operations.filter(([field]) => PUBLIC.includes(field)))(
    'GQ-6: %s of a visitor reports a failure without its cause, which is logged with the request id',
    async (field, operation) => {
      const response = await post(app.url, operation.query, { variables: valuesOf(operation, rightText) });
      const requestId = response.headers['x-request-id'];

      expect(response.json.data ?? null).toBeNull();
      expect(response.json.errors[0]).toMatchObject({ path: [field], extensions: { code, requestId } });
      expect(response.text).not.toMatch(INTERNALS);
      expect(logged(requestId)).toMatchObject([
        {
          level: 'error',
          msg: 'operation failed',
          operation: field,
          code,
          error: expect.stringMatching(/^\w+ [A-Z0-9_]{5,}/),
        },
        { level: 'info', msg: 'request completed', operation: field, code },
      ]);
    },
  );

  it.each(routes)(
    'GQ-6: %s reports a failure without its cause, which is logged with the request id',
    async (_name, route) => {
      const response = await sendRoute(app.url, route, { text: rightText, headers: { cookie } });
      const requestId = response.headers['x-request-id'];

      expect(response.status).toBe(status);
      expect(response.json).toEqual({ message: expect.any(String) });
      expect(response.text).not.toMatch(INTERNALS);
      expect(response.headers['set-cookie']).toBeUndefined();
      expect(logged(requestId)).toMatchObject([
        { level: 'error', msg: 'request failed', code },
        { level: 'info', msg: 'request completed', status, code },
      ]);
    },
  );
});

describe('a request id', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(() => {
    app.lines.length = 0;
  });
  afterAll(() => app.close());

  it.each([
    ['a successful query', '{ profile { id } }'],
    ['a document that does not parse', '{'],
    ['a document that does not validate', '{ nothing }'],
    ['a refused argument', 'mutation { register(email: "nobody", password: "x") { __typename } }'],
    ['a wrong password', 'mutation { login(email: "a@b.org", password: "x") { __typename } }'],
    ['no document', ''],
  ])('is the same in header, error and log line, for %s', async (_, query) => {
    const { headers, json } = await post(app.url, query, { headers: { 'x-request-id': 'mine' } });
    const requestId = headers['x-request-id'];

    expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    for (const error of json.errors ?? []) expect(error.extensions.requestId).toBe(requestId);
    expect(app.lines.map(line => JSON.parse(line))).toMatchObject([
      { requestId, msg: 'request completed', path: '/graphql' },
    ]);
  });

  it('is different for each request', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => request(app.url, { path: '/livez' })));

    expect(new Set(responses.map(({ headers }) => headers['x-request-id'])).size).toBe(20);
  });
});
