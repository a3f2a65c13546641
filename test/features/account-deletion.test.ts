import { randomUUID } from 'node:crypto';
import type { Mail } from '../../src/mail/mailer.ts';
import {
  ada,
  type Browser,
  bob,
  LOGIN,
  PROFILE,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';
import type { Change } from '../support/databases/test-database.ts';
import { SlowHasher } from '../support/hasher.ts';
import { operation } from '../support/operations.ts';

const DELETE_ACCOUNT = operation('DeleteAccount');
const TABLES = ['users', 'user_roles', 'sessions', 'tokens', 'outbox', 'account_events'];

describe('deleteAccount', () => {
  let app: TestApp;
  let hasher: SlowHasher;
  let laptop: Browser;
  beforeEach(async () => {
    hasher = new SlowHasher();
    app = await startApp({ ports: { hasher } });
    laptop = await app.register(ada);
  });
  afterEach(() => app.close());

  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;
  const idOf = async (browser: Browser): Promise<string> => (await browser.send(PROFILE)).data.profile.id;
  const makeAdmin = (userId: string) =>
    app.rows('insert into user_roles (id, role, user_id) values (?, ?, ?)', randomUUID(), 'ADMIN', userId);

  it('ID-8: leaves nothing of the person in any table', async () => {
    const id = await idOf(laptop);
    await makeAdmin(id);
    await app.register(bob).then(idOf).then(makeAdmin);
    await app.resetToken(ada.email);
    await app.browser().send(LOGIN, { ...ada, password: 'wrong horse' });
    const others = await app.rows('select * from users where id <> ?', id);

    expect((await laptop.send(DELETE_ACCOUNT)).data).toEqual({ deleteAccount: true });
    await app.auth.settle();

    const values = (await app.dump()).map(String);
    expect(values.filter(value => value.includes(id) || value.includes(ada.email))).toEqual([]);
    expect(await app.rows('select * from users')).toEqual(others);
    expect(await app.rows('select user_id from sessions where user_id <> ?', others[0].id)).toEqual([]);
  });

  it('ID-8: ends all sessions at once, on every replica, and clears the cookie', async () => {
    const phone = await app.login(ada);
    const replica = await startApp({ database: app.database, ports: { clock: app.clock } });
    try {
      const { cookies } = laptop;
      const there = replica.browser({ cookies: { ...cookies } });
      expect(await isSignedIn(there)).toBe(true);

      await laptop.send(DELETE_ACCOUNT);

      expect(laptop.cookies).not.toHaveProperty('session_id');
      expect(await Promise.all([phone, there].map(isSignedIn))).toEqual([false, false]);
      expect((await app.browser().send(LOGIN, { ...ada })).code).toBe('INVALID_CREDENTIALS');
    } finally {
      await replica.close();
    }
  });

  it('ID-8: a new account with the address inherits no session, link or role', async () => {
    await app.register(bob).then(idOf).then(makeAdmin);
    const oldId = await idOf(laptop);
    await makeAdmin(oldId);
    const phone = await app.login(ada);
    const token = await app.resetToken(ada.email);

    await laptop.send(DELETE_ACCOUNT);
    const renewed = await app.register(ada);

    const { profile } = (await renewed.send(PROFILE)).data;
    expect(profile).toMatchObject({ email: ada.email, roles: [], emailVerified: false });
    expect(profile.id).not.toBe(oldId);
    expect(await isSignedIn(phone)).toBe(false);
    expect((await app.browser().send(RESET_PASSWORD, { token, newPassword: 'another horse' })).code).toBe(
      'TOKEN_INVALID',
    );
  });

  it('ID-8: a new account with the address receives no mail of the old one', async () => {
    const sent: string[] = [];
    let isDown = true;
    const send = async ({ subject }: Mail) => {
      if (isDown) throw new Error('the mail server is down');
      sent.push(subject);
    };
    const mailer = { host: 'mail.example.org', send, close: () => {} };
    const other = await startApp({ ports: { mailer } });
    try {
      const browser = await other.register(ada);
      await browser.send(REQUEST_PASSWORD_RESET, { email: ada.email });
      await browser.send(DELETE_ACCOUNT);
      await other.register(ada);
      isDown = false;
      other.clock.advance({ minutes: 3 });
      await other.auth.settle();

      expect(sent).toContain('Your account was deleted');
      expect(sent).not.toContain('Set a new password');
    } finally {
      await other.close();
    }
  });

  it('ID-8: a new account with the address does not know the devices of the old one', async () => {
    const { known_device: oldDevice = '' } = laptop.cookies;
    await laptop.send(DELETE_ACCOUNT);
    const { known_device: newDevice = '' } = (await app.register(ada)).cookies;
    for (let attempt = 0; attempt < 10; attempt++) {
      await app.browser().send(LOGIN, { ...ada, password: 'wrong horse' });
      app.clock.advance({ minutes: 1 });
    }

    const loginOn = (device: string) => app.browser({ cookies: { known_device: device } }).send(LOGIN, { ...ada });
    expect((await loginOn(oldDevice)).code).toBe('RATE_LIMITED');
    expect((await loginOn(newDevice)).errors).toBeUndefined();
  });

  it('keeps the events with type and time, without the person, and adds DELETED', async () => {
    const id = await idOf(laptop);
    const admin = await app.register(bob).then(idOf);
    await app.rows('update account_events set actor_id = ? where user_id = ?', id, admin);
    const select = 'select type, at, user_id, actor_id, ip_address, user_agent from account_events order by id';
    const before = await app.rows(select);
    app.clock.advance({ minutes: 1 });

    await laptop.send(DELETE_ACCOUNT);

    const nobody = { actor_id: null, ip_address: null, user_agent: null };
    expect(await app.rows(select)).toEqual([
      { ...before[0], user_id: null, ...nobody },
      { ...before[1], user_id: admin, ...nobody },
      { type: 'DELETED', at: expect.anything(), user_id: null, ...nobody },
    ]);
  });

  it('LO-5: mails a notice to the address, in the language of the account', async () => {
    const { data } = await app.browser({ headers: { 'accept-language': 'de' } }).send(
      `mutation { register(email: "cy@example.org", password: "seven purple lanterns", transport: BEARER) {
        ... on SignedIn { token } } }`,
    );
    const authorization = `Bearer ${data.register.token}`;

    await laptop.send(DELETE_ACCOUNT);
    await app.browser({ headers: { authorization } }).send(DELETE_ACCOUNT);

    const bySubject = (await app.mails()).map(({ to, subject }) => [to, subject]);
    expect(bySubject).toContainEqual([ada.email, 'Your account was deleted']);
    expect(bySubject).toContainEqual(['cy@example.org', 'Ihr Konto wurde gelöscht']);
  });

  it('LO-5: mails the notice also to an address that can still take the account back', async () => {
    const newEmail = 'thief@example.com';
    await laptop.send(operation('RequestEmailChange'), { newEmail });
    const confirmation = (await app.mails()).find(({ to }) => to === newEmail);
    await laptop.send(operation('ConfirmEmailChange'), { token: tokenIn(confirmation) });

    await laptop.send(DELETE_ACCOUNT);

    const notices = (await app.mails()).filter(({ subject }) => subject === 'Your account was deleted');
    expect(notices.map(({ to }) => to).sort()).toEqual([ada.email, newEmail]);
  });

  it('needs a session', async () => {
    expect((await app.browser().send(DELETE_ACCOUNT)).code).toBe('UNAUTHENTICATED');
  });

  it('needs a proof of identity within the last five minutes', async () => {
    app.clock.advance({ minutes: 5, seconds: 1 });

    expect((await laptop.send(DELETE_ACCOUNT)).code).toBe('RECENT_AUTH_REQUIRED');
    expect(await isSignedIn(laptop)).toBe(true);
  });

  it('is refused to the last administrator', async () => {
    await makeAdmin(await idOf(laptop));

    expect((await laptop.send(DELETE_ACCOUNT)).code).toBe('LAST_ADMIN');
    expect(await isSignedIn(laptop)).toBe(true);
  });

  it('is refused to one of two administrators who leave at the same time', async () => {
    const browsers = [laptop, await app.register(bob)];
    for (const browser of browsers) await makeAdmin(await idOf(browser));

    const responses = await Promise.all(browsers.map(browser => browser.send(DELETE_ACCOUNT)));

    expect(responses.map(({ data, code }) => data?.deleteAccount ?? code).sort()).toEqual(['LAST_ADMIN', true]);
    expect(await app.rows('select role from user_roles')).toEqual([{ role: 'ADMIN' }]);
  });

  it('deletes once when it is requested twice at the same time', async () => {
    const phone = await app.login(ada);

    const responses = await Promise.all([laptop, phone].map(browser => browser.send(DELETE_ACCOUNT)));

    expect(responses.filter(({ data }) => data?.deleteAccount === true)).toHaveLength(1);
    expect(await app.rows("select type from account_events where type = 'DELETED'")).toHaveLength(1);
  });

  it('ID-8: refuses a login that verified the password just before', async () => {
    const gate = hasher.holdAfterMatch();
    const browser = app.browser();
    const login = browser.send(LOGIN, { ...ada });
    await gate.reached;

    await laptop.send(DELETE_ACCOUNT);
    gate.release();

    expect((await login).code).toBe('INVALID_CREDENTIALS');
    expect(browser.cookies).toEqual({});
  });

  it('ID-8: leaves no event of the person, when a login with a wrong password ends afterwards', async () => {
    const gate = hasher.holdAfterMatch();
    const login = app.browser().send(LOGIN, { ...ada, password: 'wrong horse' });
    await gate.reached;

    await laptop.send(DELETE_ACCOUNT);
    gate.release();
    await login;

    const events = await app.rows('select type, user_id from account_events order by id');
    expect(events.at(-1)).toEqual({ type: 'SIGN_IN_FAILED', user_id: null });
  });

  it.each<[string, Change, string, string]>([
    ['the user is deleted', 'delete', 'users', 'true'],
    ['the notice is queued', 'insert', 'outbox', `new.kind = 'account-deleted'`],
    ['the events lose the person', 'update', 'account_events', 'new.user_id is null'],
  ])('RE-2, LO-3: is atomic when the database fails as %s', async (_, change, table, when) => {
    const before = await app.database.contents(...TABLES);
    await app.database.failOn(change, table, when);
    expect((await laptop.send(DELETE_ACCOUNT)).code).toBe('INTERNAL_SERVER_ERROR');
    await app.database.heal();

    expect(await app.database.contents(...TABLES)).toEqual(before);
    expect((await app.browser().send(LOGIN, { ...ada })).errors).toBeUndefined();
  });
});
