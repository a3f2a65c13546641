import { ada, type Browser, LOGIN, PROFILE, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';
import type { Change } from '../support/databases/test-database.ts';
import { SlowHasher } from '../support/hasher.ts';

const newPassword = 'a password that is new';

describe('a password reset', () => {
  let app: TestApp;
  let hasher: SlowHasher;
  beforeEach(async () => {
    hasher = new SlowHasher();
    app = await startApp({ ports: { hasher } });
    await app.register(ada);
  });
  afterEach(() => app.close());

  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;
  const reset = (token: string) => app.browser().send(RESET_PASSWORD, { token, newPassword });

  it('SE-6: ends every session of the user at once, including the one that requested it', async () => {
    const browsers = await Promise.all(Array.from({ length: 5 }, () => app.login(ada)));
    const token = await app.resetToken(ada.email);

    await browsers[0]?.send(RESET_PASSWORD, { token, newPassword });

    expect(await Promise.all(browsers.map(isSignedIn))).toEqual(Array(5).fill(false));
  });

  it('EV-1: by the owner of the mailbox locks out an attacker who had registered the address', async () => {
    const attacker = await app.login(ada);
    const attackersToken = await app.resetToken(ada.email);
    app.clock.advance({ minutes: 6 });

    await reset(await app.resetToken(ada.email));

    expect(await isSignedIn(attacker)).toBe(false);
    expect((await app.browser().send(LOGIN, { ...ada })).code).toBe('INVALID_CREDENTIALS');
    expect((await reset(attackersToken)).code).toBe('TOKEN_INVALID');
    expect(await isSignedIn(await app.login({ ...ada, password: newPassword }))).toBe(true);
  });

  it('SE-6: refuses a login that verified the old password just before', async () => {
    const token = await app.resetToken(ada.email);
    const gate = hasher.holdAfterMatch();
    const browser = app.browser();
    const login = browser.send(LOGIN, { ...ada });
    await gate.reached;

    expect((await reset(token)).data).toEqual({ resetPassword: true });
    gate.release();

    expect((await login).code).toBe('INVALID_CREDENTIALS');
    expect(browser.cookies).toEqual({});
    expect((await app.browser().send(LOGIN, { ...ada })).code).toBe('INVALID_CREDENTIALS');
    expect(await isSignedIn(await app.login({ ...ada, password: newPassword }))).toBe(true);
  });

  it.each<[string, Change, string, string]>([
    ['the password is set', 'update', 'users', 'new.password_hash <> old.password_hash'],
    ['the sessions are ended', 'delete', 'sessions', 'true'],
    ['the other links are voided', 'delete', 'tokens', '(select count(*) from tokens) < 3'],
    ['the notice is queued', 'insert', 'outbox', `new.kind = 'password-changed'`],
  ])('SE-6, RE-2: is atomic when the database fails as %s', async (_, change, table, when) => {
    await app.resetToken(ada.email);
    app.clock.advance({ minutes: 6 });
    const token = await app.resetToken(ada.email);
    const browser = await app.login(ada);
    const before = await app.database.contents('users', 'sessions', 'tokens', 'outbox');

    await app.database.failOn(change, table, when);
    expect(await reset(token)).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    await app.database.heal();

    expect(await app.database.contents('users', 'sessions', 'tokens', 'outbox')).toEqual(before);
    expect(await isSignedIn(browser)).toBe(true);
    expect((await app.browser().send(LOGIN, { ...ada })).errors).toBeUndefined();
    expect((await reset(token)).data).toEqual({ resetPassword: true });
  });

  it('RE-2: cannot be partly undone by a login, which updates no row of users', async () => {
    await reset(await app.resetToken(ada.email));
    await app.database.failOn('update', 'users');

    const response = await app.browser().send(LOGIN, { ...ada, password: newPassword });

    expect(response.errors).toBeUndefined();
  });
});
