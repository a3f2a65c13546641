import {
  ada,
  type Browser,
  LOGIN,
  LOGOUT,
  PROFILE,
  REGISTER,
  sessionOf,
  startApp,
  type TestApp,
} from '../support/app.ts';
import { cookiesSetBy } from '../support/browser.ts';

describe('the session transport', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterAll(() => app.close());

  const bearer = (token: string) => app.browser({ headers: { authorization: `Bearer ${token}` } });
  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;

  it('returns the token and sets no cookie for a login with BEARER', async () => {
    const response = await app.browser().send(LOGIN, { ...ada, transport: 'BEARER' });

    expect(cookiesSetBy(response)).toEqual([]);
    const { token } = response.data.login;
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await isSignedIn(bearer(token))).toBe(true);
  });

  it('returns the token and sets no cookie for a registration with BEARER', async () => {
    const person = { email: 'bearer@example.org', password: 'correct horse battery staple', transport: 'BEARER' };
    const response = await app.browser().send(REGISTER, person);

    expect(cookiesSetBy(response)).toEqual([]);
    expect(await isSignedIn(bearer(response.data.register.token))).toBe(true);
  });

  it('SE-2: otherwise returns the token only in the cookie', async () => {
    const response = await app.browser().send(LOGIN, { ...ada });

    expect(response.data.login.token).toBeNull();
    expect(cookiesSetBy(response).map(({ name }) => name)).toEqual(['session_id', 'known_device']);
  });

  it('accepts a token by either transport', async () => {
    const browser = await app.login(ada);

    expect(await isSignedIn(bearer(sessionOf(browser)))).toBe(true);
  });

  it('ends the session of the cookie, and clears it, when the same browser signs in with BEARER', async () => {
    const browser = await app.login(ada);
    const { session_id: old } = browser.cookies;

    await browser.send(LOGIN, { ...ada, transport: 'BEARER' });

    expect(browser.cookies).not.toHaveProperty('session_id');
    expect(await isSignedIn(bearer(old as string))).toBe(false);
  });

  it.each(['the same token twice', 'two tokens', 'a dead cookie'])(
    'refuses a request by both ways at once with 400, and does nothing: %s',
    async which => {
      const [one, two] = [await app.login(ada), await app.login(ada)];
      const token = sessionOf(one);
      const cookie = { 'two tokens': sessionOf(two), 'a dead cookie': 'dead' }[which] ?? token;
      const both = app.browser({ cookies: { session_id: cookie }, headers: { authorization: `Bearer ${token}` } });

      const response = await both.send(LOGOUT);

      expect(response).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      expect(response.data).toBeUndefined();
      expect(await Promise.all([one, two].map(isSignedIn))).toEqual([true, true]);
    },
  );

  it.each(['bearer', 'BEARER', 'Bearer  '])('reads the scheme in any case: %s', async scheme => {
    const { session_id: token } = (await app.login(ada)).cookies;

    expect(await isSignedIn(app.browser({ headers: { authorization: `${scheme} ${token}` } }))).toBe(true);
  });

  it.each([
    ['nothing', () => ''],
    ['the scheme alone', () => 'Bearer'],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['no scheme', (token: string) => token],
    ['two tokens', (token: string) => `Bearer ${token} ${token}`],
    ['a list', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['quotes', (token: string) => `Bearer "${token}"`],
    ['padding', (token: string) => `Bearer ${token}=`],
    ['no space', (token: string) => `Bearer${token}`],
    ['a long tail', (token: string) => `Bearer ${token}${'A'.repeat(8000)}`],
  ])('SE-8: takes an Authorization header with %s for a visitor', async (_, header) => {
    const { session_id: token } = (await app.login(ada)).cookies;

    const response = await app.browser({ headers: { authorization: header(token as string) } }).send(PROFILE);

    expect(response).toMatchObject({ status: 200, data: { profile: null } });
  });
});
