import type { Environment } from '../../src/options/environment.ts';
import { ada, bob, LOGIN, LOGOUT, PROFILE, REGISTER, SESSION, startApp, type TestApp } from '../support/app.ts';
import { cookiesSetBy } from '../support/browser.ts';

const DAY = 24 * 3600;
const https: Environment = {
  HOST: '127.0.0.1',
  PUBLIC_URL: 'https://auth.example.org',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'no-reply@example.org',
};
const otherSite: Environment = {
  ...https,
  BIENVENUE_COOKIE_SAME_SITE: 'none',
  BIENVENUE_ALLOWED_ORIGINS: 'https://app.example.net',
};

describe.each([
  ['http://localhost', {}, 'session_id', ['Path=/', 'HttpOnly', 'SameSite=Lax']],
  ['https', https, '__Host-session_id', ['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']],
  [
    'https for another site',
    otherSite,
    '__Host-session_id',
    ['Path=/', 'HttpOnly', 'SameSite=None', 'Partitioned', 'Secure'],
  ],
])('the session cookie on %s', (_, env, name, attributes) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env });
    await app.register(ada);
  });
  afterAll(() => app.close());

  const lasting = {
    name,
    value: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    attributes: [...attributes, 'Max-Age=2592000'],
  };
  const device = {
    name: name.replace('session_id', 'known_device'),
    value: expect.stringMatching(/^[a-z0-9]{8}\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/),
    attributes: [...attributes, 'Max-Age=15552000'],
  };

  it('SE-2: has these attributes, and no Domain, after a login', async () => {
    expect(cookiesSetBy(await app.browser().send(LOGIN, { ...ada }))).toEqual([lasting, device]);
  });

  it('SE-2: has the same attributes after a registration', async () => {
    const person = { ...bob, email: `${name.toLowerCase()}@example.org` };

    expect(cookiesSetBy(await app.browser().send(REGISTER, person))).toEqual([lasting, device]);
  });

  it('SE-2: ends with the browser without "remember me"', async () => {
    const response = await app.browser().send(LOGIN, { ...ada, rememberMe: false });

    expect(cookiesSetBy(response)).toEqual([{ ...lasting, attributes }]);
  });

  it('SE-4: is cleared with the attributes that it was set with', async () => {
    const browser = await app.login(ada);

    expect(cookiesSetBy(await browser.send(LOGOUT))).toEqual([
      { name, value: '', attributes: [...attributes, 'Max-Age=0'] },
    ]);
  });

  it('SE-2, CS-7: signs in under its own name only, not under one that a sibling host could set', async () => {
    const { cookies } = await app.login(ada);
    const token = cookies[name] as string;

    const own = await app.browser({ cookies: { [name]: token } }).send(PROFILE);
    const others = ['session_id', '__Host-session_id', '__Secure-session_id'].filter(other => other !== name);
    const foreign = await app
      .browser({ cookies: Object.fromEntries(others.map(other => [other, token])) })
      .send(PROFILE);

    expect([own.data.profile?.email, foreign.data.profile]).toEqual([ada.email, null]);
  });
});

describe('the session cookie', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_SESSION_LIFETIME: '10d' } });
    await app.register(ada);
  });
  afterAll(() => app.close());

  it('SE-2: expires with its session', async () => {
    const response = await app.browser().send(LOGIN, { ...ada });

    const rest = (Date.parse(response.data.login.session.expiresAt) - app.clock.now().getTime()) / 1000;
    expect(rest).toBe(10 * DAY);
    expect(cookiesSetBy(response)[0]?.attributes).toContain(`Max-Age=${rest}`);
  });

  it('is not set by an operation that does not change the session', async () => {
    const browser = await app.login(ada);

    const responses = [await browser.send(PROFILE), await browser.send(SESSION)];

    expect(responses.flatMap(cookiesSetBy)).toEqual([]);
  });

  it('is cleared for a visitor whose session has ended', async () => {
    const browser = await app.login(ada);
    const { session_id: token } = browser.cookies;
    await browser.send(LOGOUT);

    const response = await app.browser({ cookies: { session_id: token as string } }).send(PROFILE);

    expect(response).toMatchObject({ data: { profile: null } });
    expect(response.errors).toBeUndefined();
    expect(cookiesSetBy(response)).toMatchObject([{ name: 'session_id', value: '' }]);
  });

  it('is not set by a failed login', async () => {
    expect(cookiesSetBy(await app.browser().send(LOGIN, { ...ada, password: 'not the password' }))).toEqual([]);
  });
});
