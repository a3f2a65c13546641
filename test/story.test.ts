import {
  type Browser,
  LOGIN,
  LOGOUT,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from './support/app.ts';

const email = 'guillaume@holberton.io';
const password = 'b4l0u';
const newPassword = 't4rt1fl3tt3';

describe('a user, from registration to a new password', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ env: { BIENVENUE_PASSWORD_MIN_LENGTH: '5', BIENVENUE_EXPOSE_RESET_TOKEN: 'on' } });
  });
  afterEach(() => app.close());

  it('over REST', async () => {
    const visitor = app.browser();
    const read = async (response: Response) => [response.status, await response.json()];
    const logIn = (browser: Browser, typed: string) => browser.form('POST', '/sessions', { email, password: typed });

    expect(await read(await visitor.form('POST', '/users', { email, password }))).toEqual([
      200,
      { email, message: 'user created' },
    ]);
    expect(await read(await visitor.form('POST', '/users', { email, password }))).toEqual([
      400,
      { message: 'email already registered' },
    ]);
    expect((await logIn(visitor, newPassword)).status).toBe(401);
    expect((await visitor.fetch('/profile')).status).toBe(403);

    const browser = app.browser();
    expect(await read(await logIn(browser, password))).toEqual([200, { email, message: 'logged in' }]);
    expect(browser.cookies).toEqual({ session_id: expect.any(String), known_device: expect.any(String) });
    expect(await read(await browser.fetch('/profile'))).toEqual([200, { email }]);

    const old = app.browser({ cookies: browser.cookies });
    const out = await browser.fetch('/sessions', { method: 'DELETE' });
    expect(out.status).toBe(303);
    expect(await read(await browser.fetch(String(out.headers.get('location'))))).toEqual([
      200,
      { message: 'Bienvenue' },
    ]);
    expect((await old.fetch('/profile')).status).toBe(403);

    const requested = await visitor.form('POST', '/reset_password', { email });
    const { reset_token, ...rest } = (await requested.json()) as { reset_token: string };
    expect([requested.status, rest]).toEqual([200, { email }]);
    const fields = { email, reset_token, new_password: newPassword };
    expect(await read(await visitor.form('PUT', '/reset_password', fields))).toEqual([
      200,
      { email, message: 'Password updated' },
    ]);
    expect((await logIn(visitor, newPassword)).status).toBe(200);
    expect((await logIn(app.browser(), password)).status).toBe(401);
  });

  it('over GraphQL', async () => {
    const visitor = app.browser();

    expect((await app.browser().send(REGISTER, { email, password })).data.register.user.email).toBe(email);
    expect((await visitor.send(REGISTER, { email, password })).code).toBe('EMAIL_TAKEN');
    expect((await visitor.send(LOGIN, { email, password: newPassword })).code).toBe('INVALID_CREDENTIALS');
    expect((await visitor.send(PROFILE)).data).toEqual({ profile: null });

    const browser = app.browser();
    expect((await browser.send(LOGIN, { email, password })).data.login.user.email).toBe(email);
    expect((await browser.send(PROFILE)).data.profile.email).toBe(email);

    const old = app.browser({ cookies: browser.cookies });
    expect((await browser.send(LOGOUT)).data).toEqual({ logout: true });
    expect((await old.send(PROFILE)).data).toEqual({ profile: null });

    expect((await visitor.send(REQUEST_PASSWORD_RESET, { email })).data).toEqual({ requestPasswordReset: true });
    const token = tokenIn((await app.mails())[0]);
    expect((await visitor.send(RESET_PASSWORD, { token, newPassword })).data).toEqual({ resetPassword: true });
    expect((await visitor.send(LOGIN, { email, password: newPassword })).data.login.user.email).toBe(email);
    expect((await app.browser().send(LOGIN, { email, password })).code).toBe('INVALID_CREDENTIALS');
  });

  it('receives the token by mail only, unless the operator exposes it in the response', async () => {
    const unknown = await app.browser().form('POST', '/reset_password', { email: 'nobody@example.org' });
    const strict = await startApp({ env: { BIENVENUE_PASSWORD_MIN_LENGTH: '5' } });
    await strict.register({ email, password });
    const requested = await strict.browser().form('POST', '/reset_password', { email });
    const body = await requested.text();
    const mails = await strict.mails();
    await strict.close();

    expect([unknown.status, await unknown.json()]).toEqual([403, { message: expect.any(String) }]);
    expect([requested.status, body]).toEqual([200, JSON.stringify({ email, message: 'reset mail sent' })]);
    expect(tokenIn(mails[0])).toHaveLength(43);
  });
});
