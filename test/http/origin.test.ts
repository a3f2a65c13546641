import type { OutgoingHttpHeaders } from 'node:http';
import { ada, bob, LOGIN, REGISTER, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';
import { post, type RawRequest, type RawResponse, request } from '../support/raw.ts';

const LISTED = 'https://app.test';
const OWN = 'own';
const NEW_PASSWORD = 'another horse battery staple';

const refused = ({ status, text }: RawResponse) => status === 403 && text.includes('Requests from this origin');

describe('a state-changing request of a browser', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ALLOWED_ORIGINS: LISTED, BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  const headersOf = (site: string | undefined, origin: string | undefined): OutgoingHttpHeaders => ({
    ...(site !== undefined && { 'sec-fetch-site': site }),
    ...(origin !== undefined && { origin: origin === OWN ? app.options.publicUrl : origin }),
  });

  describe.each([
    ['a mutation', (headers: OutgoingHttpHeaders) => post(app.url, 'mutation { logout }', { headers })],
    [
      'a query by GET',
      (headers: OutgoingHttpHeaders) =>
        request(app.url, {
          path: '/graphql?query=%7Bprofile%7Bid%7D%7D',
          headers: { 'apollo-require-preflight': '1', ...headers },
        }),
    ],
    [
      'a REST route',
      (headers: OutgoingHttpHeaders) =>
        request(app.url, {
          method: 'POST',
          path: '/sessions',
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
          body: 'email=nobody%40example.org&password=wrong',
        }),
    ],
  ])('by %s', (_, act) => {
    it.each([
      [undefined, undefined],
      [undefined, OWN],
      [undefined, LISTED],
      ['same-origin', OWN],
      ['same-origin', undefined],
      ['none', undefined],
      ['same-site', LISTED],
      ['cross-site', LISTED],
    ])('CS-2: is accepted with Sec-Fetch-Site %s and Origin %s', async (site, origin) => {
      expect(refused(await act(headersOf(site, origin)))).toBe(false);
    });

    it.each([
      [undefined, 'null'],
      [undefined, ''],
      [undefined, 'https://evil.test'],
      [undefined, 'https://app.test.evil.test'],
      [undefined, 'https://evilapp.test'],
      [undefined, 'https://x.app.test'],
      [undefined, 'http://app.test'],
      [undefined, 'https://app.test:8443'],
      [undefined, 'https://APP.test'],
      [undefined, 'https://app.test/'],
      [undefined, 'https://app.test, https://evil.test'],
      [undefined, 'http://localhost:1'],
      ['cross-site', undefined],
      ['cross-site', 'null'],
      ['cross-site', 'https://evil.test'],
      ['cross-site', 'http://app.test'],
      ['same-site', undefined],
      ['same-site', OWN],
      ['same-site', 'https://evil.test'],
      ['same-site', 'https://app.test.evil.test'],
      ['whatever', undefined],
      ['', undefined],
    ])('CS-2: is refused with Sec-Fetch-Site %s and Origin %s', async (site, origin) => {
      expect(refused(await act(headersOf(site, origin)))).toBe(true);
    });
  });
});

describe('a page of another origin', () => {
  const evil: OutgoingHttpHeaders = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' };
  let app: TestApp;
  let cookie: string;
  let token: string;
  beforeAll(async () => {
    app = await startApp();
    const browser = await app.register(ada);
    cookie = `session_id=${browser.cookies.session_id}`;
    token = await app.resetToken(ada.email);
  });
  afterAll(() => app.close());

  const rest = (method: string, path: string, fields: object = {}): RawRequest => ({
    method,
    path,
    headers: { ...evil, cookie, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const graphql = (query: string, variables: object) =>
    post(app.url, query, { variables, headers: { ...evil, cookie } });

  it.each<[string, () => Promise<RawResponse>]>([
    ['register', () => graphql(REGISTER, bob)],
    ['login', () => graphql(LOGIN, ada)],
    ['logout', () => graphql('mutation { logout }', {})],
    ['requestPasswordReset', () => graphql('mutation { requestPasswordReset(email: "bob@example.org") }', {})],
    ['resetPassword', () => graphql(RESET_PASSWORD, { token, newPassword: NEW_PASSWORD })],
    ['POST /users', () => request(app.url, rest('POST', '/users', bob))],
    ['POST /sessions', () => request(app.url, rest('POST', '/sessions', ada))],
    ['DELETE /sessions', () => request(app.url, rest('DELETE', '/sessions'))],
    ['POST /reset_password', () => request(app.url, rest('POST', '/reset_password', { email: ada.email }))],
    [
      'PUT /reset_password',
      () =>
        request(
          app.url,
          rest('PUT', '/reset_password', { email: ada.email, reset_token: token, new_password: NEW_PASSWORD }),
        ),
    ],
  ])('CS-2: cannot change anything with %s', async (_, act) => {
    const before = await app.dump();

    const response = await act();

    expect(refused(response)).toBe(true);
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(await app.dump()).toEqual(before);
  });
});
