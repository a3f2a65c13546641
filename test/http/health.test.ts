import { ada, type Browser, bob, PROFILE, REGISTER, startApp, type TestApp } from '../support/app.ts';
import { post, request } from '../support/raw.ts';

describe('health', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each(['/livez', '/readyz'])('%s responds 200', async path => {
    expect(await request(app.url, { path })).toMatchObject({ status: 200, json: { status: 'ok' } });
  });

  it.each(['/livez', '/readyz'])('%s requires neither a session nor an allowed origin', async path => {
    const headers = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site', cookie: 'session_id=x' };

    expect(await request(app.url, { path, headers })).toMatchObject({ status: 200 });
  });

  it.each([`/livez?${'x'.repeat(1000)}`, '/readyz?x'])('a query string changes nothing: %s', async path => {
    expect(await request(app.url, { path })).toMatchObject({ status: 200 });
  });
});

describe('readiness while the database hangs', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('RE-4: is 503 without waiting for the database, and probes share one ping', async () => {
    const { ping } = app.auth;
    let pings = 0;
    app.auth.ping = () => {
      pings += 1;
      return new Promise(() => {});
    };

    const responses = await Promise.all([1, 2, 3].map(() => request(app.url, { path: '/readyz' })));
    app.auth.ping = ping;

    for (const response of responses)
      expect(response).toMatchObject({ status: 503, json: { status: 'database does not respond' } });
    expect(pings).toBe(1);
  });

  it('is logged at debug level, like liveness', async () => {
    app.lines.length = 0;
    await request(app.url, { path: '/livez' });
    await request(app.url, { path: '/readyz' });

    expect(app.lines.map(line => JSON.parse(line).level)).toEqual(['debug', 'debug']);
  });
});

describe('while the database does not respond', () => {
  let app: TestApp;
  let browser: Browser;
  let cookie: string;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    browser = await app.register(ada);
    cookie = `session_id=${browser.cookies.session_id}`;
    await app.database.takeDown();
  });
  afterAll(() => app.close());

  it('RE-4: the profile of a signed-in user is unavailable, not that of a visitor', async () => {
    const { status, headers, json } = await post(app.url, PROFILE, { headers: { cookie } });

    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(json.errors[0].extensions).toMatchObject({ code: 'UNAVAILABLE' });
    expect(json.data).toBeUndefined();
  });

  it('RE-4: the cookie is kept, and so is the session of an Authorization header', async () => {
    const byCookie = await post(app.url, PROFILE, { headers: { cookie } });
    const byBearer = await post(app.url, PROFILE, {
      headers: { authorization: `Bearer ${browser.cookies.session_id}` },
    });
    const byRest = await request(app.url, { path: '/profile', headers: { cookie } });

    expect([byCookie, byBearer, byRest].map(({ status }) => status)).toEqual([503, 503, 503]);
    expect([byCookie, byBearer, byRest].map(({ headers }) => headers['set-cookie'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('RE-4: /livez responds 200 and /readyz 503', async () => {
    expect(await request(app.url, { path: '/livez' })).toMatchObject({ status: 200 });
    const ready = await request(app.url, { path: '/readyz' });

    expect(ready).toMatchObject({ status: 503, json: { status: 'database does not respond' } });
  });

  it.each(['first', 'second'])('RE-4: a mutation is unavailable the %s time', async () => {
    const { status, json } = await post(app.url, REGISTER, { variables: bob });

    expect(status).toBe(503);
    expect(json.errors[0].extensions.code).toBe('UNAVAILABLE');
  });

  it('RE-4: everything works again once the database responds', async () => {
    await app.database.bringUp();

    expect(await request(app.url, { path: '/readyz' })).toMatchObject({ status: 200 });
    expect((await post(app.url, PROFILE, { headers: { cookie } })).json).toMatchObject({
      data: { profile: { email: ada.email } },
    });
    expect((await post(app.url, REGISTER, { variables: bob })).json.data.register.user.email).toBe(bob.email);
  });
});
