import {
  ada,
  type Browser,
  bob,
  CHANGE_PASSWORD,
  LOGIN,
  PROFILE,
  RESET_PASSWORD,
  SESSION,
  sessionOf,
  startApp,
  type TestApp,
} from '../support/app.ts';
import { cookiesSetBy } from '../support/browser.ts';
import type { Change } from '../support/databases/test-database.ts';
import { CountingHasher, SlowHasher } from '../support/hasher.ts';
import { operation } from '../support/operations.ts';

const REAUTHENTICATE = operation('Reauthenticate');
const DELETE_ACCOUNT = operation('DeleteAccount');
const newPassword = 'a password that is new';
const change = { currentPassword: ada.password, newPassword };

const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;
const eventsOf = async (app: TestApp) =>
  (await app.rows('select type from account_events order by id')).map(({ type }) => type);

describe('changePassword', () => {
  let app: TestApp;
  let hasher: SlowHasher;
  let laptop: Browser;
  beforeEach(async () => {
    hasher = new SlowHasher();
    app = await startApp({ ports: { hasher } });
    laptop = await app.register(ada);
  });
  afterEach(() => app.close());

  const login = async (password: string) => (await app.browser().send(LOGIN, { email: ada.email, password })).code;

  it('sets the new password, which is the only one from then on', async () => {
    expect((await laptop.send(CHANGE_PASSWORD, change)).data.changePassword).toMatchObject({
      user: { email: ada.email },
      session: { current: true },
      token: null,
    });

    expect(await login(ada.password)).toBe('INVALID_CREDENTIALS');
    expect(await login(newPassword)).toBeUndefined();
    expect(await eventsOf(app)).toContain('PASSWORD_CHANGED');
  });

  it('SE-6: ends all other sessions and links at once, and none of other users', async () => {
    const phone = await app.login(ada);
    const otherUser = await app.register(bob);
    const token = await app.resetToken(ada.email);

    await laptop.send(CHANGE_PASSWORD, change);

    expect(await Promise.all([laptop, phone, otherUser].map(isSignedIn))).toEqual([true, false, true]);
    expect((await app.browser().send(RESET_PASSWORD, { token, newPassword })).code).toBe('TOKEN_INVALID');
  });

  it('SE-3: renews the session in the cookie, and the old token is dead', async () => {
    const stolen = app.browser({ cookies: { session_id: sessionOf(laptop) } });

    const response = await laptop.send(CHANGE_PASSWORD, change);

    const [session, device] = cookiesSetBy(response);
    expect(session).toMatchObject({ name: 'session_id', value: sessionOf(laptop) });
    expect(session?.attributes.join()).toMatch(/HttpOnly.*Max-Age=/);
    expect(device?.name).toBe('known_device');
    expect(await Promise.all([stolen, laptop].map(isSignedIn))).toEqual([false, true]);
  });

  it('SE-3: returns a new token to a client that sends its token, and sets no cookie', async () => {
    const { data } = await app.browser().send(LOGIN, { ...ada, transport: 'BEARER' });
    const bearer = (token: string) => app.browser({ headers: { authorization: `Bearer ${token}` } });
    const old = bearer(data.login.token);

    const response = await old.send(CHANGE_PASSWORD, change);

    expect(response.headers.getSetCookie()).toEqual([]);
    const renewed = bearer(response.data.changePassword.token);
    expect(await Promise.all([old, renewed, laptop].map(isSignedIn))).toEqual([false, true, false]);
  });

  it('keeps a session that ends with the browser one of that kind', async () => {
    const kiosk = app.browser();
    await kiosk.send(LOGIN, { ...ada, rememberMe: false });

    const cookies = cookiesSetBy(await kiosk.send(CHANGE_PASSWORD, change));

    expect(cookies.map(({ name }) => name)).toEqual(['session_id']);
    expect(cookies[0]?.attributes.join()).not.toMatch(/Max-Age/);
    app.clock.advance({ hours: 12 });
    expect(await isSignedIn(kiosk)).toBe(false);
  });

  it('LO-5: mails a notice to the owner', async () => {
    await laptop.send(CHANGE_PASSWORD, change);

    const [mail] = await app.mails();
    expect(mail).toMatchObject({ to: ada.email, subject: 'Your password was changed' });
    expect(mail?.text).toContain('All other sessions were ended.');
  });

  it.each([
    ['a wrong password', { currentPassword: 'wrong horse' }, 'INVALID_CREDENTIALS', undefined],
    ['an empty password', { currentPassword: '' }, 'INVALID_CREDENTIALS', undefined],
    ['a password of 10 000 characters', { currentPassword: 'x'.repeat(10_000) }, 'INVALID_CREDENTIALS', undefined],
    ['half of a surrogate pair', { currentPassword: '\ud800'.repeat(8) }, 'INVALID_CREDENTIALS', undefined],
    ['a short new password', { newPassword: 'short' }, 'BAD_USER_INPUT', 'TOO_SHORT'],
    ['a long new password', { newPassword: 'x'.repeat(257) }, 'BAD_USER_INPUT', 'TOO_LONG'],
    ['a common new password', { newPassword: 'password123' }, 'BAD_USER_INPUT', 'TOO_COMMON'],
    ['the address as new password', { newPassword: ada.email }, 'BAD_USER_INPUT', 'TOO_PERSONAL'],
  ])('refuses %s and changes nothing', async (_, variables, code, rule) => {
    const before = await app.database.contents('users', 'sessions', 'tokens');

    const response = await laptop.send(CHANGE_PASSWORD, { ...change, ...variables });

    expect(response.code).toBe(code);
    if (rule) expect(response.fields).toMatchObject([{ field: 'newPassword', rule }]);
    expect(await app.database.contents('users', 'sessions', 'tokens')).toEqual(before);
  });

  it('needs a session', async () => {
    expect((await app.browser().send(CHANGE_PASSWORD, change)).code).toBe('UNAUTHENTICATED');
  });

  it('succeeds once of two at the same time, with different new passwords', async () => {
    const phone = await app.login(ada);
    const passwords = ['the first new password', 'the second new password'];

    const responses = await Promise.all(
      [laptop, phone].map((browser, index) =>
        browser.send(CHANGE_PASSWORD, { ...change, newPassword: passwords[index] as string }),
      ),
    );

    const winner = responses.findIndex(({ errors }) => !errors);
    expect(responses.map(({ code }) => code ?? 'changed').sort()).toEqual(['INVALID_CREDENTIALS', 'changed']);
    expect(await Promise.all([laptop, phone].map(isSignedIn))).toEqual([winner === 0, winner === 1]);
    expect(await Promise.all(passwords.map(login))).toEqual(
      winner === 0 ? [undefined, 'INVALID_CREDENTIALS'] : ['INVALID_CREDENTIALS', undefined],
    );
  });

  it('SE-6: is refused when a reset changed the password after it was verified', async () => {
    const token = await app.resetToken(ada.email);
    const gate = hasher.holdAfterMatch();
    const response = laptop.send(CHANGE_PASSWORD, change);
    await gate.reached;

    await app.browser().send(RESET_PASSWORD, { token, newPassword: 'the password of the reset' });
    gate.release();

    expect((await response).code).toBe('INVALID_CREDENTIALS');
    expect(await login('the password of the reset')).toBeUndefined();
    expect(await isSignedIn(laptop)).toBe(false);
  });

  it.each<[string, Change, string, string]>([
    ['the password is set', 'update', 'users', 'new.password_hash <> old.password_hash'],
    ['the sessions are ended', 'delete', 'sessions', 'true'],
    ['the notice is queued', 'insert', 'outbox', `new.kind = 'password-changed'`],
    ['the event is recorded', 'insert', 'account_events', `new.type = 'PASSWORD_CHANGED'`],
    ['the new session is saved', 'insert', 'sessions', 'true'],
  ])('SE-6, LO-3, RE-2: is atomic when the database fails as %s', async (_, action, table, when) => {
    const tables = ['users', 'sessions', 'tokens', 'outbox', 'account_events'];
    const before = await app.database.contents(...tables);

    await app.database.failOn(action, table, when);
    expect((await laptop.send(CHANGE_PASSWORD, change)).code).toBe('INTERNAL_SERVER_ERROR');
    await app.database.heal();

    expect(await app.database.contents(...tables)).toEqual(before);
    expect(await isSignedIn(laptop)).toBe(true);
    expect((await laptop.send(CHANGE_PASSWORD, change)).errors).toBeUndefined();
  });
});

describe('reauthenticate', () => {
  let app: TestApp;
  let laptop: Browser;
  beforeEach(async () => {
    app = await startApp();
    laptop = await app.register(ada);
    app.clock.advance({ minutes: 5, seconds: 1 });
  });
  afterEach(() => app.close());

  it('permits operations that ask for a recent confirmation, for five minutes', async () => {
    expect((await laptop.send(DELETE_ACCOUNT)).code).toBe('RECENT_AUTH_REQUIRED');

    const { data } = await laptop.send(REAUTHENTICATE, { password: ada.password });
    expect(data.reauthenticate).toEqual((await laptop.send(SESSION)).data.session);
    app.clock.advance({ minutes: 5, seconds: 1 });
    expect((await laptop.send(DELETE_ACCOUNT)).code).toBe('RECENT_AUTH_REQUIRED');

    await laptop.send(REAUTHENTICATE, { password: ada.password });
    app.clock.advance({ minutes: 5 });
    expect((await laptop.send(DELETE_ACCOUNT)).data).toEqual({ deleteAccount: true });
  });

  it('confirms this session only, and keeps its token', async () => {
    const phone = await app.login(ada);
    app.clock.advance({ minutes: 5, seconds: 1 });
    const token = sessionOf(laptop);

    await laptop.send(REAUTHENTICATE, { password: ada.password });

    expect(sessionOf(laptop)).toBe(token);
    expect((await phone.send(DELETE_ACCOUNT)).code).toBe('RECENT_AUTH_REQUIRED');
    expect(await eventsOf(app)).toEqual(['REGISTERED', 'SIGNED_IN', 'REAUTHENTICATED']);
  });

  it('can be repeated within the same moment', async () => {
    for (let repetition = 0; repetition < 2; repetition++)
      expect((await laptop.send(REAUTHENTICATE, { password: ada.password })).errors).toBeUndefined();
  });

  it('refuses a wrong password, records it, and permits nothing', async () => {
    expect((await laptop.send(REAUTHENTICATE, { password: 'wrong horse' })).code).toBe('INVALID_CREDENTIALS');

    expect((await laptop.send(DELETE_ACCOUNT)).code).toBe('RECENT_AUTH_REQUIRED');
    expect(await isSignedIn(laptop)).toBe(true);
    expect(await eventsOf(app)).toEqual(['REGISTERED', 'SIGN_IN_FAILED']);
  });

  it('needs a session', async () => {
    expect((await app.browser().send(REAUTHENTICATE, { password: ada.password })).code).toBe('UNAUTHENTICATED');
  });

  it('fails when the session is revoked while the password is checked', async () => {
    const hasher = new SlowHasher();
    const other = await startApp({ ports: { hasher } });
    try {
      const [browser, phone] = [await other.register(ada), await other.login(ada)];
      const gate = hasher.holdAfterMatch();
      const response = browser.send(REAUTHENTICATE, { password: ada.password });
      await gate.reached;
      await phone.send(operation('RevokeOtherSessions'));
      gate.release();

      expect((await response).code).toBe('UNAUTHENTICATED');
      expect(await eventsOf(other)).not.toContain('REAUTHENTICATED');
    } finally {
      await other.close();
    }
  });
});

describe.each([
  ['changePassword', CHANGE_PASSWORD, (password: string) => ({ currentPassword: password, newPassword })],
  ['reauthenticate', REAUTHENTICATE, (password: string) => ({ password })],
])('guesses by %s', (_, query, variables) => {
  let app: TestApp;
  let hasher: CountingHasher;
  let thief: Browser;
  beforeEach(async () => {
    hasher = new CountingHasher();
    app = await startApp({ ports: { hasher } });
    thief = app.browser({ cookies: { session_id: sessionOf(await app.register(ada)) } });
  });
  afterEach(() => app.close());

  const guess = async (password: string) => {
    app.clock.advance({ seconds: 20 });
    return (await thief.send(query, variables(password))).code;
  };

  it('RL-1: are limited like those at a login, and together with them', async () => {
    for (let attempt = 0; attempt < 5; attempt++) expect(await guess(`guess ${attempt}`)).toBe('INVALID_CREDENTIALS');
    for (let attempt = 0; attempt < 5; attempt++) {
      app.clock.advance({ seconds: 20 });
      await app.browser().send(LOGIN, { ...ada, password: 'wrong horse' });
    }

    expect(await guess(ada.password)).toBe('RATE_LIMITED');
    expect((await app.browser().send(LOGIN, { ...ada })).code).toBe('RATE_LIMITED');
  });

  it('RL-1: start from zero after the right password', async () => {
    for (let attempt = 0; attempt < 9; attempt++) await guess(`guess ${attempt}`);
    expect(await guess(ada.password)).toBeUndefined();
    for (let attempt = 0; attempt < 5; attempt++) {
      app.clock.advance({ seconds: 20 });
      const login = await app.browser().send(LOGIN, { ...ada, password: 'wrong horse' });
      expect(login.code).toBe('INVALID_CREDENTIALS');
    }
  });

  it('LG-1: take the same time for an account without a password', async () => {
    const workOf = async (password: string) => {
      const before = hasher.work;
      expect(await guess(password)).toBe('INVALID_CREDENTIALS');
      return hasher.work - before;
    };
    const wrongPassword = await workOf('wrong horse');
    await app.rows('update users set password_hash = null');

    expect(await workOf('')).toBe(wrongPassword);
    expect(await workOf(ada.password)).toBe(wrongPassword);
  });
});
