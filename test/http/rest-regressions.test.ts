import { createHash } from 'node:crypto';
import { ada, type Browser, bob, LOGIN, PROFILE, startApp, type TestApp } from '../support/app.ts';
import { EVERY_ROUTE, type Route, rightText } from '../support/every-operation.ts';
import { request } from '../support/raw.ts';

const EMPTY_VALUES = ['', ' ', 'null', 'None', 'undefined', '0', 'false', 'NaN', '[]', '{}'];

// Common mistakes in solutions of the exercise that the REST routes come from.

describe('a lookup by an empty value', () => {
  let app: TestApp;
  let count = 0;
  let email: string;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  beforeEach(async () => {
    count += 1;
    email = `user${count}@example.org`;
    await app.register({ ...ada, email });
  });
  afterAll(() => app.close());

  it.each(EMPTY_VALUES)('RS-7: finds no session and no token by %j, even if rows contain its hash', async value => {
    const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
    await app.resetToken(email);
    await app.rows('delete from sessions where token_hash = ?', hashOf(value.trim()));
    await app.rows(
      'update sessions set token_hash = ? where user_id = (select id from users where email = ?)',
      hashOf(value.trim()),
      email,
    );
    await app.rows(
      `update tokens set token_hash = ?
        where purpose = 'reset-password' and user_id = (select id from users where email = ?)`,
      hashOf(value),
      email,
    );
    const headers = { cookie: `session_id=${value}` };
    const fields = { email, reset_token: value, new_password: 'another horse' };

    expect((await request(app.url, { path: '/profile', headers })).status).toBe(403);
    expect((await request(app.url, { method: 'DELETE', path: '/sessions', headers })).status).toBe(403);
    expect((await app.browser().form('PUT', '/reset_password', fields)).status).toBe(403);
    expect((await app.browser().send(LOGIN, { ...ada, email })).errors).toBeUndefined();
  });

  it.each([undefined, 'other=1', 'session_id', 'session_id='])(
    'finds no session by the cookie header %s',
    async cookie => {
      const headers = cookie === undefined ? {} : { cookie };
      const before = await app.rows('select id from sessions');

      expect((await request(app.url, { path: '/profile', headers })).status).toBe(403);
      expect((await request(app.url, { method: 'DELETE', path: '/sessions', headers })).status).toBe(403);
      expect(await app.rows('select id from sessions')).toEqual(before);
    },
  );
});

describe('a REST route', () => {
  let app: TestApp;
  let browser: Browser;
  beforeEach(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    browser = await app.register(ada);
  });
  afterEach(() => app.close());

  it('changes one user, not all', async () => {
    const other = await app.register(bob);
    const reset_token = await app.resetToken(ada.email);
    const [before] = await app.rows('select * from users where email = ?', bob.email);

    await app
      .browser()
      .form('PUT', '/reset_password', { email: ada.email, reset_token, new_password: 'another horse' });

    expect(await app.rows('select * from users where email = ?', bob.email)).toEqual([before]);
    expect(await other.send(PROFILE)).toMatchObject({ data: { profile: { email: bob.email } } });
    expect((await app.browser().send(LOGIN, { ...bob })).errors).toBeUndefined();
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: null } });
  });

  it('ends one session, not all', async () => {
    const other = await app.register(bob);
    const elsewhere = app.browser();
    await elsewhere.send(LOGIN, { ...ada });

    await browser.fetch('/sessions', { method: 'DELETE' });

    expect(await other.send(PROFILE)).toMatchObject({ data: { profile: { email: bob.email } } });
    expect(await elsewhere.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
  });

  it('does not sign in a user whom it has just refused', async () => {
    const visitor = app.browser();

    const { status } = await visitor.form('POST', '/sessions', { email: ada.email, password: 'wrong horse' });

    expect(status).toBe(401);
    expect(visitor.cookies).toEqual({});
    expect(await app.rows('select id from sessions')).toHaveLength(1);
    expect((await visitor.fetch('/profile')).status).toBe(403);
  });

  it('neither ends nor creates a session on a reset request', async () => {
    const visitor = app.browser();
    const sessions = await app.rows('select * from sessions');

    await browser.form('POST', '/reset_password', { email: ada.email });
    await visitor.form('POST', '/reset_password', { email: ada.email });
    await app.mails();

    expect(await app.rows('select * from sessions')).toEqual(sessions);
    expect(visitor.cookies).toEqual({});
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
  });

  it('does not report an address as taken while the database is down', async () => {
    await app.database.renameTables();

    const response = await app.browser().form('POST', '/users', { email: bob.email, password: bob.password });

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('registered');
  });

  it('creates one account for many concurrent requests', async () => {
    const fields = { email: bob.email, password: bob.password };
    const responses = await Promise.all(Array.from({ length: 20 }, () => app.browser().form('POST', '/users', fields)));
    const bodies = await Promise.all(responses.map(async response => `${response.status} ${await response.text()}`));

    expect(bodies.filter(text => text.startsWith('200'))).toHaveLength(1);
    expect(bodies.filter(text => text === '400 {"message":"email already registered"}')).toHaveLength(19);
    expect(await app.rows('select id from users where email = ?', bob.email)).toHaveLength(1);
  });
});

describe('a missing field', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const send = ({ method, path }: Route, type: string | undefined, body?: string) =>
    request(app.url, { method, path, headers: type ? { 'content-type': type } : {}, body });

  const missing = EVERY_ROUTE.flatMap(route =>
    route.fields.map(name => [route.method, route.path, name, route] as const),
  );

  it.each(missing)('receives 400 for %s %s: %s', async (_method, _path, name, route) => {
    const others = route.fields
      .filter(field => field !== name)
      .map(field => [field, rightText(field)] as [string, string]);

    const byForm = await send(route, 'application/x-www-form-urlencoded', `${new URLSearchParams(others)}`);
    const byJson = await send(route, 'application/json', JSON.stringify(Object.fromEntries(others)));

    expect([byForm.status, byForm.json]).toEqual([400, { message: `${name} missing` }]);
    expect([byJson.status, byJson.json]).toEqual([400, { message: `${name} missing` }]);
  });

  it.each(
    EVERY_ROUTE.filter(({ fields }) => fields.length > 0).map(route => [route.method, route.path, route] as const),
  )('gets 400 for %s %s without a body', async (_method, _path, route) => {
    const empty = await send(route, 'application/x-www-form-urlencoded', '');
    const untyped = await send(route, undefined, '');

    expect([empty.status, empty.json]).toEqual([400, { message: `${route.fields[0]} missing` }]);
    expect([untyped.status, untyped.json]).toEqual([400, { message: `${route.fields[0]} missing` }]);
  });

  it.each(['multipart/form-data; boundary=x', 'text/plain', 'application/xml'])('is not read from %s', async type => {
    for (const route of EVERY_ROUTE.filter(({ fields }) => fields.length > 0)) {
      const { status, json } = await send(route, type, 'email=ada%40example.org');

      expect([status, json]).toEqual([415, { message: 'Send a form, or JSON.' }]);
    }
  });
});
