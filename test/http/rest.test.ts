import { ada, type Browser, bob, LOGIN, PROFILE, startApp, type TestApp } from '../support/app.ts';
import { EVERY_ROUTE, rightText } from '../support/every-operation.ts';
import { request } from '../support/raw.ts';

type Fields = Record<string, string>;

/** The two encodings of a body. */
const CONTENT_TYPES: [string, (browser: Browser, method: string, path: string, fields: Fields) => Promise<Response>][] =
  [
    ['a form', (browser, method, path, fields) => browser.form(method, path, fields)],
    [
      'JSON',
      (browser, method, path, fields) =>
        browser.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) }),
    ],
  ];

const read = async (response: Response) => [response.status, await response.json()];
const BAD_LINK = 'This link is no longer valid. Please request a new one.';
const unregistered = { email: 'nobody@example.org', password: 'a horse of nobody' };
/** A user whose password changes in these tests. */
const forgetful = { email: 'cy@example.org', password: 'a horse that forgets' };
const person = ({ email, password }: { email: string; password: string }) => ({ email, password });

describe('GET /', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('returns the welcome message', async () => {
    expect(await read(await app.browser().fetch('/'))).toEqual([200, { message: 'Bienvenue' }]);
  });

  it('is a page for a browser', async () => {
    const { headers, text } = await request(app.url, { path: '/', headers: { accept: 'text/html' } });

    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<a href="/graphql">');
  });
});

describe.each(CONTENT_TYPES)('by %s', (_, send) => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    for (const user of [ada, forgetful]) await send(app.browser(), 'POST', '/users', person(user));
  });
  beforeEach(() => {
    browser = app.browser();
  });
  afterAll(() => app.close());

  it('POST /users creates an account without signing in', async () => {
    const response = await send(browser, 'POST', '/users', person(bob));

    expect(await read(response)).toEqual([200, { email: bob.email, message: 'user created' }]);
    expect(browser.cookies).toEqual({});
    expect(
      await app.rows('select s.id from sessions s join users u on u.id = s.user_id and email = ?', bob.email),
    ).toEqual([]);
    expect(await app.browser().send(LOGIN, { ...bob })).toMatchObject({
      data: { login: { user: { email: bob.email } } },
    });
  });

  it.each([
    ['an address that is taken', person(ada), 'email already registered'],
    ['an address that is taken, in capitals', { ...person(ada), email: 'ADA@EXAMPLE.ORG' }, 'email already registered'],
    ['an invalid address', { ...person(bob), email: 'bob' }, 'This is not an e-mail address.'],
    ['a short password', { ...person(unregistered), password: 'short' }, 'Please use at least 8 characters.'],
    ['a common password', { ...person(unregistered), password: 'password1' }, expect.stringContaining('common')],
  ])('POST /users refuses %s with the reason', async (_what, fields, message) => {
    expect(await read(await send(browser, 'POST', '/users', fields))).toEqual([400, { message }]);
    expect(await app.rows('select id from users where email = ?', fields.email)).toHaveLength(
      fields.email === ada.email ? 1 : 0,
    );
  });

  it('POST /sessions signs in with a cookie that is valid for GraphQL as well', async () => {
    const response = await send(browser, 'POST', '/sessions', person(ada));

    expect(await read(response)).toEqual([200, { email: ada.email, message: 'logged in' }]);
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^session_id=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/),
      expect.stringMatching(/^known_device=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=15552000$/),
    ]);
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
  });

  it.each([
    ['a wrong password', { ...person(ada), password: bob.password }],
    ['an unknown address', person(unregistered)],
    ['an empty password', { ...person(ada), password: '' }],
    ['an empty address', { ...person(ada), email: '' }],
  ])('POST /sessions responds to %s with 401 and no cookie', async (_what, fields) => {
    expect(await read(await send(browser, 'POST', '/sessions', fields))).toEqual([
      401,
      { message: 'The e-mail address or the password is wrong.' },
    ]);
    expect(browser.cookies).toEqual({});
  });

  it('DELETE /sessions signs out and redirects to the front page', async () => {
    await send(browser, 'POST', '/sessions', person(ada));
    const old = { ...browser.cookies };

    const response = await browser.fetch('/sessions', { method: 'DELETE' });

    expect([response.status, response.headers.get('location'), await response.text()]).toEqual([303, '/', '']);
    expect(response.headers.getSetCookie()).toEqual(['session_id=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0']);
    expect(await app.browser({ cookies: old }).send(PROFILE)).toMatchObject({ data: { profile: null } });
  });

  it('GET /profile returns the signed-in user, by cookie or Authorization', async () => {
    await send(browser, 'POST', '/sessions', person(ada));
    const headers = { authorization: `Bearer ${browser.cookies.session_id}` };

    expect(await read(await browser.fetch('/profile'))).toEqual([200, { email: ada.email }]);
    expect(await read(await app.browser().fetch('/profile', { headers }))).toEqual([200, { email: ada.email }]);
  });

  it.each([
    ['GET', '/profile'],
    ['DELETE', '/sessions'],
  ])('%s %s requires an active session', async (method, path) => {
    await send(browser, 'POST', '/sessions', person(ada));
    app.clock.advance({ days: 31 });

    for (const visitor of [browser, app.browser(), app.browser({ cookies: { session_id: 'x'.repeat(43) } })]) {
      expect(await read(await visitor.fetch(path, { method }))).toEqual([403, { message: 'Please sign in first.' }]);
      expect(visitor.cookies).not.toHaveProperty('session_id');
    }
  });

  it('POST /reset_password mails a token, and PUT accepts it', async () => {
    const requested = await send(browser, 'POST', '/reset_password', { email: forgetful.email });
    const [mail] = await app.mails();
    const reset_token = /token=([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? '';
    const fields = { email: 'Cy@Example.ORG', reset_token, new_password: bob.password };
    const done = await send(browser, 'PUT', '/reset_password', fields);

    expect(await read(requested)).toEqual([200, { email: forgetful.email, message: 'reset mail sent' }]);
    expect(await read(done)).toEqual([200, { email: fields.email, message: 'Password updated' }]);
    expect(browser.cookies).toEqual({});
    expect((await send(browser, 'POST', '/sessions', { ...forgetful, password: bob.password })).status).toBe(200);
  });

  it('POST /reset_password responds alike for an unknown address, and refuses an invalid one', async () => {
    const before = (await app.mails()).length;

    expect(await read(await send(browser, 'POST', '/reset_password', { email: unregistered.email }))).toEqual([
      200,
      { email: unregistered.email, message: 'reset mail sent' },
    ]);
    expect(await read(await send(browser, 'POST', '/reset_password', { email: 'bob' }))).toEqual([
      400,
      { message: 'This is not an e-mail address.' },
    ]);
    expect(await app.mails()).toHaveLength(before);
  });

  it.each([
    ['a wrong token', { reset_token: 'x'.repeat(43) }, 403, BAD_LINK],
    ['the address of another user', { email: ada.email }, 403, BAD_LINK],
    ['an invalid address', { email: 'ada' }, 403, BAD_LINK],
    ['a short password', { new_password: 'short' }, 400, 'Please use at least 8 characters.'],
  ])('PUT /reset_password refuses %s and leaves the token unused', async (_what, wrong, status, message) => {
    const reset_token = await app.resetToken(forgetful.email);
    const right = { email: forgetful.email, reset_token, new_password: 'another horse' };

    const refused = await send(browser, 'PUT', '/reset_password', { ...right, ...wrong });

    expect(await read(refused)).toEqual([status, { message }]);
    expect((await send(browser, 'PUT', '/reset_password', right)).status).toBe(200);
  });
});

describe('with BIENVENUE_REST=off', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_REST: 'off' } });
  });
  afterAll(() => app.close());

  it.each(EVERY_ROUTE.map(({ method, path, fields }) => [method, path, fields] as const))(
    '%s %s gets 404',
    async (method, path, fields) => {
      const body = new URLSearchParams(fields.map((name): [string, string] => [name, rightText(name)]));

      expect(await read(await app.browser().fetch(path, { method, ...(fields.length > 0 && { body }) }))).toEqual([
        404,
        { message: 'There is nothing at this address.' },
      ]);
      expect(await app.rows('select id from users')).toEqual([]);
    },
  );

  it('GraphQL and health checks are available', async () => {
    expect(await app.browser().send(PROFILE)).toMatchObject({ data: { profile: null } });
    expect((await app.browser().fetch('/livez')).status).toBe(200);
  });
});
