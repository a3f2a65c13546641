import { ada, type Browser, bob, LOGIN, PROFILE, startApp, type TestApp } from '../support/app.ts';

describe('a session', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterAll(() => app.close());

  /** Uses the session and waits until the use is stored. */
  const isAlive = async (browser: Browser) => {
    const { data } = await browser.send(PROFILE);
    await app.auth.settle();
    return data.profile !== null;
  };

  it.each([
    ['is active a second before', -1, true],
    ['has expired a second after', 1, false],
  ])('SE-5: %s seven days without use', async (_, seconds, alive) => {
    const browser = await app.login(ada);

    app.clock.advance({ days: 7, seconds });

    expect(await isAlive(browser)).toBe(alive);
  });

  it('SE-5: stays expired', async () => {
    const browser = await app.login(ada);
    app.clock.advance({ days: 7, seconds: 1 });
    const { session_id: token } = browser.cookies;

    const again = [1, 2].map(() => app.browser({ cookies: { session_id: token as string } }));

    expect([await isAlive(again[0] as Browser), await isAlive(again[1] as Browser)]).toEqual([false, false]);
  });

  it.each([
    ['is active a second before', -1, true],
    ['has expired a second after', 1, false],
  ])('SE-5: %s thirty days, however much it was used', async (_, seconds, alive) => {
    const browser = await app.login(ada);

    for (let day = 5; day < 30; day += 5) {
      app.clock.advance({ days: 5 });
      expect(await isAlive(browser)).toBe(true);
    }
    app.clock.advance({ days: 5, seconds });

    expect(await isAlive(browser)).toBe(alive);
  });

  it.each([
    ['is active a second before', -1, true],
    ['has expired a second after', 1, false],
  ])('SE-2: %s twelve hours without "remember me"', async (_, seconds, alive) => {
    const browser = app.browser();
    await browser.send(LOGIN, { ...ada, rememberMe: false });

    for (let hour = 0; hour < 11; hour += 1) {
      app.clock.advance({ hours: 1 });
      await isAlive(browser);
    }
    app.clock.advance({ hours: 1, seconds });

    expect(await isAlive(browser)).toBe(alive);
  });

  it('SE-5: writes its last use at most once a minute', async () => {
    const browser = await app.login(ada);
    const writesSince = await app.database.recordWrites();
    let writes = 0;
    const written = async () => {
      writes += (await writesSince()).filter(what => what === 'update sessions').length;
      return writes;
    };
    const use = async (times: number) => {
      for (let time = 0; time < times; time++) await isAlive(browser);
    };

    app.clock.advance({ seconds: 59 });
    await use(5);
    expect(await written()).toBe(0);
    app.clock.advance({ seconds: 1 });
    await use(5);
    expect(await written()).toBe(1);
    app.clock.advance({ seconds: 59 });
    await use(5);
    expect(await written()).toBe(1);
    app.clock.advance({ seconds: 2 });
    await use(5);
    expect(await written()).toBe(2);
    expect(await app.rows('select max(last_used_at) as at from sessions')).toEqual([{ at: app.clock.now().getTime() }]);
  });

  it('SE-10: is evicted as the oldest when a user has more than fifty', async () => {
    const other = await app.register(bob);
    const browsers: Browser[] = [];
    for (let time = 0; time < 51; time++) {
      app.clock.advance({ seconds: 1 });
      browsers.push(await app.login(ada));
    }

    const profiles = await Promise.all(browsers.map(browser => browser.send(PROFILE)));

    expect(profiles.map(({ data }) => data.profile !== null)).toEqual([false, ...Array(50).fill(true)]);
    expect(await isAlive(other)).toBe(true);
  });

  it('SE-10: is not evicted because of expired ones', async () => {
    const carol = { email: 'carol@example.org', password: ada.password };
    const lasting = await app.register(carol);
    for (let time = 0; time < 49; time++) await app.browser().send(LOGIN, { ...carol, rememberMe: false });
    app.clock.advance({ hours: 12, seconds: 1 });

    await app.login(carol);

    expect(await isAlive(lasting)).toBe(true);
  });
});

describe('a session with a configured lifetime', () => {
  let app: TestApp;
  afterEach(() => app.close());

  it.each([
    ['idle', { BIENVENUE_SESSION_IDLE: '1h' }, 3600],
    ['absolute', { BIENVENUE_SESSION_IDLE: '6h', BIENVENUE_SESSION_LIFETIME: '6h' }, 6 * 3600],
  ])('SE-5: ends at the configured time: %s', async (_, env, length) => {
    app = await startApp({ env });
    const [one, two] = [await app.register(ada), await app.login(ada)];

    app.clock.advance({ seconds: length - 1 });
    expect((await one.send(PROFILE)).data.profile).not.toBeNull();
    app.clock.advance({ seconds: 2 });
    expect((await two.send(PROFILE)).data.profile).toBeNull();
  });

  it('SE-5: is never longer without "remember me"', async () => {
    app = await startApp({ env: { BIENVENUE_SESSION_IDLE: '1h', BIENVENUE_SESSION_LIFETIME: '2h' } });
    await app.register(ada);

    const { data } = await app.browser().send(LOGIN, { ...ada, rememberMe: false });

    const { createdAt, expiresAt } = data.login.session;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(2 * 3600 * 1000);
  });

  it('SE-5: does not idle out while it is in use, even with a short idle time', async () => {
    app = await startApp({ env: { BIENVENUE_SESSION_IDLE: '1m' } });
    const browser = await app.register(ada);

    const uses: boolean[] = [];
    for (let time = 0; time < 6; time++) {
      app.clock.advance({ seconds: 30 });
      uses.push((await browser.send(PROFILE)).data.profile !== null);
      await app.auth.settle();
    }

    expect(uses).toEqual(Array(6).fill(true));
  });
});

describe('a last use that cannot be written', () => {
  it('RE-11: prevents neither responses nor a clean stop', async () => {
    const app = await startApp();
    const browser = await app.register(ada);
    app.clock.advance({ minutes: 5 });
    await app.database.failOn('update', 'sessions');

    const response = await browser.send(PROFILE);

    expect(response.data.profile).toMatchObject({ email: ada.email });
    await expect(app.close()).resolves.toBeUndefined();
    expect(app.lines.join()).toContain('last uses of sessions not written');
  });
});
