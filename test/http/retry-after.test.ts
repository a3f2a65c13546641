import type { Hasher } from '../../src/auth/hasher.ts';
import { AuthError } from '../../src/core/errors.ts';
import { ada, startApp, type TestApp } from '../support/app.ts';
import { post, request } from '../support/raw.ts';

const LOGIN = `login(email: "${ada.email}", password: "wrong horse") { __typename }`;
const ALONE = `mutation { ${LOGIN} }`;

/** A hasher that is always overloaded. */
const busyHasher: Hasher = {
  cost: 4,
  hash: () => Promise.reject(new AuthError('BUSY', { retryAfter: 1 })),
  matches: () => Promise.reject(new AuthError('BUSY', { retryAfter: 1 })),
  assertCapacity: () => {
    throw new AuthError('BUSY', { retryAfter: 1 });
  },
};

const loginByRest = (app: TestApp) =>
  request(app.url, {
    method: 'POST',
    path: '/sessions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ada.email, password: 'wrong horse' }),
  });

describe.each([
  ['RATE_LIMITED', 429, '2'],
  ['BUSY', 503, '1'],
  ['UNAVAILABLE', 503, '1'],
])('%s', (code, status, seconds) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ ports: code === 'BUSY' ? { hasher: busyHasher } : {} });
    if (code === 'RATE_LIMITED') for (let attempts = 0; attempts < 6; attempts++) await post(app.url, ALONE);
    if (code === 'RATE_LIMITED') app.clock.advance({ seconds: 1 });
    if (code === 'RATE_LIMITED') await post(app.url, ALONE);
    // The database goes down after the service has used it.
    if (code === 'UNAVAILABLE') await post(app.url, ALONE);
    if (code === 'UNAVAILABLE') await app.database.takeDown();
  });
  afterAll(() => app.close());

  it.each([
    ['the one root field', ALONE],
    ['the one root field, in a fragment', `mutation { ...F } fragment F on Mutation { ${LOGIN} }`],
    ['the one root field, in two fragments', `mutation { ...F } fragment F on Mutation { ... { ${LOGIN} } }`],
    ['one of two operations', `mutation A { ${LOGIN} } mutation B { logout }`],
  ])(`gets ${status} with Retry-After for %s`, async (_, query) => {
    const body = JSON.stringify({ query, ...(query.includes('A {') && { operationName: 'A' }) });
    const headers = { 'content-type': 'application/json' };
    const response = await request(app.url, { method: 'POST', path: '/graphql', headers, body });

    expect(response.status).toBe(status);
    expect(response.headers['retry-after']).toBe(seconds);
    expect(response.json.errors[0].extensions.code).toBe(code);
    if (code !== 'UNAVAILABLE') expect(response.json.errors[0].extensions.retryAfter).toBe(Number(seconds));
  });

  it.each([
    ['two root fields', `mutation { ${LOGIN} logout }`],
    ['two root fields, the other one first', `mutation { logout ${LOGIN} }`],
    ['two root fields in one fragment', `mutation { ...F } fragment F on Mutation { ${LOGIN} logout }`],
    ['two root fields in one inline fragment', `mutation { ... on Mutation { ${LOGIN} logout } }`],
    ['a root field and __typename', `mutation { ${LOGIN} __typename }`],
  ])('is an error beside other results, with 200, for %s', async (_, query) => {
    const response = await post(app.url, query);

    expect(response.json.errors[0].extensions.code).toBe(code);
    expect(response.status).toBe(200);
    expect(response.headers['retry-after']).toBeUndefined();
  });

  it(`gets ${status} with Retry-After by REST`, async () => {
    const response = await loginByRest(app);

    expect(response.status).toBe(status);
    expect(response.headers['retry-after']).toBe(seconds);
    expect(response.json).toEqual({ message: expect.any(String) });
  });
});

describe('any other error of a resolver', () => {
  it('has status 200 and no Retry-After', async () => {
    const app = await startApp();
    const response = await post(app.url, ALONE);
    await app.close();

    expect(response.json.errors[0].extensions.code).toBe('INVALID_CREDENTIALS');
    expect(response.status).toBe(200);
    expect(response.headers['retry-after']).toBeUndefined();
  });
});
