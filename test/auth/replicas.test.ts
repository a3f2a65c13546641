import { ada, type Browser, LOGIN, LOGOUT, PROFILE, RESET_PASSWORD, type TestApp } from '../support/app.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

describe('two replicas on one database', () => {
  let replicas: Replicas;
  let one: TestApp;
  let two: TestApp;
  beforeEach(async () => {
    replicas = await startReplicas({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    ({ one, two } = replicas);
    await one.register(ada);
  });
  afterEach(() => replicas.close());

  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;
  /** The same user on the other replica. */
  const at = (app: TestApp, { cookies }: Browser) => app.browser({ cookies });
  const many = <T>(count: number, make: (app: TestApp, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => make(index % 2 ? two : one, index)));

  it('share sessions', async () => {
    const browser = await one.login(ada);

    expect(await isSignedIn(at(two, browser))).toBe(true);
  });

  it('SE-4: apply a logout to the next request', async () => {
    const browser = await one.login(ada);
    const elsewhere = at(two, browser);
    expect(await isSignedIn(elsewhere)).toBe(true);

    await browser.send(LOGOUT);

    expect(await isSignedIn(elsewhere)).toBe(false);
  });

  it('SE-4: end a session once under parallel logouts', async () => {
    const browser = await one.login(ada);

    const responses = await many(10, app => at(app, browser).send(LOGOUT));

    expect(responses.filter(({ data }) => data.logout)).toHaveLength(1);
    expect(responses.filter(({ errors }) => errors)).toEqual([]);
  });

  it('SE-6: apply a password reset to the next request', async () => {
    const browsers = await many(5, app => app.login(ada));
    const elsewhere = browsers.map((browser, index) => at(index % 2 ? one : two, browser));
    expect(await Promise.all(elsewhere.map(isSignedIn))).toEqual(Array(5).fill(true));
    const token = await one.resetToken(ada.email);

    await two.browser().send(RESET_PASSWORD, { token, newPassword: 'a password that is new' });

    expect(await Promise.all([...browsers, ...elsewhere].map(isSignedIn))).toEqual(Array(10).fill(false));
  });

  it('RS-2: accept a token once under fifty parallel uses', async () => {
    const token = await one.resetToken(ada.email);
    const passwords = Array.from({ length: 50 }, (_, index) => `a password of attempt ${index}`);

    const responses = await many(50, (app, index) =>
      app.browser().send(RESET_PASSWORD, { token, newPassword: passwords[index] }),
    );

    const won = responses.flatMap(({ data }, index) => (data?.resetPassword ? [index] : []));
    expect(won).toHaveLength(1);
    expect(new Set(responses.map(({ code }) => code))).toEqual(new Set([undefined, 'TOKEN_INVALID']));
    const logins = await many(50, (app, index) => app.browser().send(LOGIN, { ...ada, password: passwords[index] }));
    expect(logins.flatMap(({ errors }, index) => (errors ? [] : [index]))).toEqual(won);
    expect(await one.rows(`select * from users where credential_version <> 2`)).toEqual([]);
  });

  it('SE-10: keep at most fifty sessions of a user under parallel sign-ins', async () => {
    const browsers = await many(60, app => app.login(ada));

    const alive = await Promise.all(browsers.map(isSignedIn));

    expect(alive.filter(Boolean)).toHaveLength(50);
  });
});
