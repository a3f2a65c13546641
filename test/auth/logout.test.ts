import { ada, type Browser, bob, LOGIN, LOGOUT, PROFILE, startApp, type TestApp } from '../support/app.ts';

describe('logout', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
    await app.register(bob);
  });
  afterAll(() => app.close());

  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;
  /** Another client with the same cookies, as they are now. */
  const copyOf = ({ cookies }: Browser) => app.browser({ cookies });

  it('SE-4: ends the session of the cookie', async () => {
    const browser = await app.login(ada);
    const copy = copyOf(browser);

    expect((await browser.send(LOGOUT)).data).toEqual({ logout: true });

    expect(browser.cookies).not.toHaveProperty('session_id');
    expect(await isSignedIn(copy)).toBe(false);
  });

  it('SE-4: ends the session of a bearer token', async () => {
    const { data } = await app.browser().send(LOGIN, { ...ada, transport: 'BEARER' });
    const bearer = app.browser({ headers: { authorization: `Bearer ${data.login.token}` } });

    expect((await bearer.send(LOGOUT)).data).toEqual({ logout: true });

    expect(await isSignedIn(bearer)).toBe(false);
  });

  it('SE-4: is not an error when repeated or for a visitor', async () => {
    const browser = await app.login(ada);
    const copy = copyOf(browser);
    await browser.send(LOGOUT);

    for (const again of [browser, copy, app.browser()]) {
      expect(await again.send(LOGOUT)).toMatchObject({ status: 200, data: { logout: false }, errors: undefined });
    }
  });

  it('SE-4: returns true to one of several parallel requests', async () => {
    const browser = await app.login(ada);
    const release = await app.database.holdWrites();

    const pending = Array.from({ length: 5 }, () => copyOf(browser).send(LOGOUT));
    // When this request completes, all of them have found the session and wait to end it.
    await copyOf(browser).send(PROFILE);
    await release();
    const responses = await Promise.all(pending);

    expect(responses.filter(({ data }) => data.logout)).toHaveLength(1);
    expect(responses.filter(({ errors }) => errors)).toEqual([]);
  });

  it('SE-4: does not end other sessions, of the same user or of others', async () => {
    const [phone, desk, other] = [await app.login(ada), await app.login(ada), await app.login(bob)];

    await phone.send(LOGOUT);

    expect(await Promise.all([phone, desk, other].map(isSignedIn))).toEqual([false, true, true]);
  });

  it.each([
    ['an unknown token', async () => 'A'.repeat(43)],
    ['an empty one', async () => ''],
    ['the id of a session', async () => (await app.rows('select id from sessions limit 1'))[0].id],
    [
      'what is stored of a token',
      async () => (await app.rows('select token_hash from sessions limit 1'))[0].token_hash,
    ],
  ])('SE-4: ends nothing for %s', async (_, token) => {
    await app.login(bob);
    const before = await app.rows('select id from sessions order by id');

    const response = await app.browser({ cookies: { session_id: await token() } }).send(LOGOUT);

    expect(response.data).toEqual({ logout: false });
    expect(await app.rows('select id from sessions order by id')).toEqual(before);
  });
});
