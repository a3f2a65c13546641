import { ada, LOGIN, LOGOUT, PROFILE, REGISTER, RESET_PASSWORD, startApp, type TestApp } from './support/app.ts';
import type { TestDatabase } from './support/databases/test-database.ts';

type Step = Parameters<TestDatabase['failOn']>;

const NEW_PASSWORD = 'another horse, another battery';

describe('a change that fails halfway', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.close());

  /** Runs `work` while one kind of change fails, as on a full disk. */
  const whileFailing = async ([change, table, when]: Step, work: () => Promise<unknown>) => {
    await app.database.failOn(change, table, when);
    await work();
    await app.database.heal();
  };
  const tables = () => app.database.contents('users', 'sessions', 'tokens', 'outbox');

  it.each<[string, Step]>([
    ['deleting the token', ['delete', 'tokens']],
    ['changing the password', ['update', 'users', 'new.password_hash <> old.password_hash']],
    ['ending the sessions', ['delete', 'sessions']],
    ['queueing the notice', ['insert', 'outbox']],
  ])('RE-2: a reset that fails at %s changes nothing, and can be retried', async (_, step) => {
    const signedIn = await app.register(ada);
    const token = await app.resetToken(ada.email);
    const before = await tables();

    await whileFailing(step, async () => {
      const response = await app.browser().send(RESET_PASSWORD, { token, newPassword: NEW_PASSWORD });
      expect(response).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', data: null });
    });

    expect(await tables()).toEqual(before);
    expect((await signedIn.send(PROFILE)).data.profile).toMatchObject({ email: ada.email });
    expect(await app.browser().send(LOGIN, { ...ada })).toMatchObject({ data: { login: { user: {} } } });
    expect(await app.browser().send(RESET_PASSWORD, { token, newPassword: NEW_PASSWORD })).toMatchObject({
      data: { resetPassword: true },
    });
  });

  it('RE-2: a registration that cannot sign in creates no account', async () => {
    await whileFailing(['insert', 'sessions'], async () => {
      const browser = app.browser();
      expect(await browser.send(REGISTER, { ...ada })).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', data: null });
      expect(browser.cookies).toEqual({});
    });

    expect(await tables()).toEqual([[], [], [], []]);
    await app.register(ada);
  });

  it('RE-2: a login that fails keeps the previous session', async () => {
    const browser = await app.register(ada);

    await whileFailing(['insert', 'sessions'], async () => {
      expect(await browser.send(LOGIN, { ...ada })).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', data: null });
    });

    expect((await browser.send(PROFILE)).data.profile).toMatchObject({ email: ada.email });
  });

  it('RE-2: a logout that fails keeps the session, and the cookie for a retry', async () => {
    const browser = await app.register(ada);

    await whileFailing(['delete', 'sessions'], async () => {
      expect(await browser.send(LOGOUT)).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', data: null });
    });

    expect(await browser.send(LOGOUT)).toMatchObject({ data: { logout: true } });
  });
});
