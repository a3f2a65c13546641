import { ada, LOGIN, PROFILE, SESSION, startApp, type TestApp } from '../support/app.ts';

describe('the session query', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterAll(() => app.close());

  it('returns when the session started, when it ends, and its client', async () => {
    const browser = app.browser({ headers: { 'user-agent': 'Testbrowser/1.0' } });
    const start = app.clock.now();
    const { data } = await browser.send(LOGIN, { ...ada });

    const response = await browser.send(SESSION);

    expect(response.data.session).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdAt: start.toISOString(),
      lastUsedAt: start.toISOString(),
      expiresAt: new Date(start.getTime() + 30 * 24 * 3600 * 1000).toISOString(),
      ipAddress: '127.0.0.1',
      userAgent: 'Testbrowser/1.0',
      current: true,
    });
    expect(data.login.session).toEqual(response.data.session);
  });

  it('is null for a visitor', async () => {
    expect(await app.browser().send(SESSION)).toMatchObject({ status: 200, data: { session: null } });
  });

  it('returns a different id for each session of a user', async () => {
    const [phone, desk] = [await app.login(ada), await app.login(ada)];

    const ids = [await phone.send(SESSION), await desk.send(SESSION)].map(({ data }) => data.session.id);

    expect(new Set(ids).size).toBe(2);
  });

  it('SE-1: returns an id that is no credential', async () => {
    const { data } = await (await app.login(ada)).send(SESSION);
    const { id } = data.session;

    const byCookie = await app.browser({ cookies: { session_id: id } }).send(PROFILE);
    const byBearer = await app.browser({ headers: { authorization: `Bearer ${id}` } }).send(PROFILE);

    expect([byCookie.data.profile, byBearer.data.profile]).toEqual([null, null]);
  });

  it('returns the time of the last use', async () => {
    const browser = await app.login(ada);
    app.clock.advance({ minutes: 5 });

    await browser.send(PROFILE);
    await app.auth.settle();

    const { data } = await browser.send(SESSION);
    expect(data.session.lastUsedAt).toBe(app.clock.now().toISOString());
  });
});
