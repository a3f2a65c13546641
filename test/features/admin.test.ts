import { idOf, registerAdmin } from '../support/admins.ts';
import {
  ada,
  type Browser,
  bob,
  LOGIN,
  newPerson,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';
import { SlowHasher } from '../support/hasher.ts';
import { operation } from '../support/operations.ts';

const ADMIN_USER = operation('AdminUser');
const CREATE = operation('AdminCreateUser');
const DISABLE = operation('AdminDisableUser');
const ENABLE = operation('AdminEnableUser');
const REVOKE_SESSIONS = operation('AdminRevokeSessions');
const SEND_RESET = operation('AdminSendPasswordReset');
const SET_ROLES = operation('AdminSetRoles');
const DELETE = operation('AdminDeleteUser');

const UNKNOWN = '01999999-0000-7000-8000-000000000000';
const newPassword = 'another zebra capacitor';

describe('an administrator', () => {
  const hasher = new SlowHasher();
  let app: TestApp;
  let admin: Browser;
  let owner: Browser;
  let id: string;
  beforeEach(async () => {
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT,BILLING' }, ports: { hasher } });
    admin = await registerAdmin(app, ada);
    owner = await app.register(bob);
    id = await idOf(owner);
    await app.mails();
  });
  afterEach(() => app.close());

  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;
  const userOf = async (userId = id) => (await admin.send(ADMIN_USER, { id: userId })).data.adminUser;
  const eventsOf = (userId = id) =>
    app.rows('select type, actor, actor_id, user_id from account_events where user_id = ? order by id desc', userId);
  const newestMail = async () => (await app.mails())[0];
  const adminId = () => idOf(admin);

  it('sees a user with sessions and events', async () => {
    app.clock.advance({ minutes: 1 });
    await app.login(bob);

    expect(await userOf()).toEqual({
      id,
      email: bob.email,
      emailVerified: false,
      name: 'Bob',
      locale: null,
      roles: [],
      createdAt: expect.any(String),
      disabledAt: null,
      disabledReason: null,
      lastSignInAt: app.clock.now().toISOString(),
      hasPassword: true,
      sessions: [expect.objectContaining({ current: false }), expect.objectContaining({ current: false })],
      events: {
        edges: ['SIGNED_IN', 'REGISTERED'].map(type => ({
          cursor: expect.any(String),
          node: expect.objectContaining({ type, userId: id }),
        })),
        pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
      },
    });
    expect((await userOf(await adminId())).sessions).toEqual([expect.objectContaining({ current: true })]);
  });

  describe('creates an account', () => {
    it('without a password, whose owner sets one with the link in a mail', async () => {
      const email = 'Cy@example.org';
      const { data } = await admin.send(CREATE, { email, name: 'Cy', roles: ['SUPPORT', 'BILLING', 'SUPPORT'] });
      const user = data.adminCreateUser;

      expect(user).toMatchObject({ email, name: 'Cy', roles: ['BILLING', 'SUPPORT'], hasPassword: false });
      expect(await eventsOf(user.id)).toMatchObject([
        { type: 'REGISTERED', actor: 'ADMIN', actor_id: await adminId() },
      ]);
      expect((await app.browser().send(LOGIN, { email, password: '' })).code).toBe('INVALID_CREDENTIALS');

      const mail = await newestMail();
      expect(mail).toMatchObject({ to: email, subject: 'An account was created for you' });
      await app.browser().send(RESET_PASSWORD, { token: tokenIn(mail), newPassword });
      const signedIn = await app.login({ email, password: newPassword });
      expect((await signedIn.send(PROFILE)).data.profile.roles).toEqual(['BILLING', 'SUPPORT']);
      expect(await userOf(user.id)).toMatchObject({ hasPassword: true, emailVerified: true });
    });

    it('even when the mail server is down for a day', async () => {
      await admin.send(CREATE, { email: 'cy@example.org' });
      app.clock.advance({ days: 1 });

      const token = tokenIn(await newestMail());
      expect((await app.browser().send(RESET_PASSWORD, { token, newPassword })).data).toEqual({ resetPassword: true });
    });

    it('not for an address that has one', async () => {
      const mails = await app.mails();

      expect((await admin.send(CREATE, { email: 'BOB@example.org' })).code).toBe('EMAIL_TAKEN');
      expect(await app.mails()).toEqual(mails);
    });

    it.each([
      ['email', { email: 'nobody' }],
      ['name', { email: 'cy@example.org', name: 'x'.repeat(201) }],
      ['roles', { email: 'cy@example.org', roles: ['OWNER'] }],
      ['roles', { email: 'cy@example.org', roles: ["' or 1=1 --"] }],
    ])('not with a wrong %s', async (field, variables) => {
      const { code, fields } = await admin.send(CREATE, variables);

      expect([code, fields?.map(issue => issue.field)]).toEqual(['BAD_USER_INPUT', [field]]);
    });
  });

  describe('disables an account', () => {
    const disable = (reason?: string) => admin.send(DISABLE, { id, reason });

    it('ID-8, LO-3, LO-5: whose sessions end at once, with an event and a notice that does not name the reason', async () => {
      const { data } = await disable(' Fraud ');

      expect(data.adminDisableUser).toMatchObject({
        disabledReason: 'Fraud',
        disabledAt: app.clock.now().toISOString(),
      });
      expect(await isSignedIn(owner)).toBe(false);
      expect((await eventsOf())[0]).toMatchObject({ type: 'DISABLED', actor: 'ADMIN', actor_id: await adminId() });
      const mail = await newestMail();
      expect(mail).toMatchObject({ to: bob.email, subject: 'Your account was disabled' });
      expect(mail?.text).not.toContain('Fraud');
    });

    it('LG-1: whose right password is then answered as a wrong one', async () => {
      await disable();
      const attempt = (password: string) => app.browser().send(LOGIN, { email: bob.email, password });
      const [right, wrong] = [await attempt(bob.password), await attempt('wrong zebra')];

      expect(right.code).toBe('INVALID_CREDENTIALS');
      expect(right.errors?.map(({ message }) => message)).toEqual(wrong.errors?.map(({ message }) => message));
      expect(right.headers.getSetCookie()).toEqual([]);
      const rest = (password: string) => app.browser().form('POST', '/sessions', { email: bob.email, password });
      const [rightRest, wrongRest] = [await rest(bob.password), await rest('wrong zebra')];
      expect([rightRest.status, await rightRest.text()]).toEqual([wrongRest.status, await wrongRest.text()]);
      expect((await eventsOf())[0]).toMatchObject({ type: 'SIGN_IN_FAILED' });
    });

    it('LG-1: to which no reset link is mailed, and whose earlier links are void', async () => {
      const token = await app.resetToken(bob.email);
      await disable();
      const mails = (await app.mails()).length;
      await app.browser().send(REQUEST_PASSWORD_RESET, { email: bob.email });

      expect(await app.mails()).toHaveLength(mails);
      expect((await app.browser().send(RESET_PASSWORD, { token, newPassword })).code).toBe('TOKEN_INVALID');
      expect((await admin.send(SEND_RESET, { id })).data).toEqual({ adminSendPasswordReset: false });
      expect(await app.mails()).toHaveLength(mails);
    });

    it('LG-1: of which a sign-in in flight is refused', async () => {
      const gate = hasher.holdAfterMatch();
      const login = app.browser();
      const pending = login.send(LOGIN, { email: bob.email, password: bob.password });
      await gate.reached;
      await disable();
      gate.release();

      expect((await pending).code).toBe('INVALID_CREDENTIALS');
      expect(login.cookies).toEqual({});
      expect((await eventsOf())[0]).toMatchObject({ type: 'DISABLED' });
    });

    it('once: a second time changes nothing', async () => {
      await disable('First');
      const [before, mails] = [await eventsOf(), (await app.mails()).length];

      expect((await disable('Second')).data.adminDisableUser.disabledReason).toBe('First');
      expect(await eventsOf()).toEqual(before);
      expect(await app.mails()).toHaveLength(mails);
    });

    it.each([
      ['TOO_LONG', 'x'.repeat(501)],
      ['INVALID', 'two\nlines'],
      ['INVALID', 'a NUL \0'],
      ['INVALID', 'a lone surrogate \ud800'],
    ])('not with a reason that is %s', async (rule, reason) => {
      expect((await disable(reason)).fields).toEqual([{ field: 'reason', rule, message: expect.any(String) }]);
      expect(await isSignedIn(owner)).toBe(true);
    });

    it('and enables it again: the password works, the old sessions stay ended', async () => {
      await disable();
      const { data } = await admin.send(ENABLE, { id });

      expect(data.adminEnableUser).toMatchObject({ disabledAt: null, disabledReason: null });
      expect(await isSignedIn(owner)).toBe(false);
      expect(await isSignedIn(await app.login(bob))).toBe(true);
      expect((await eventsOf()).map(({ type }) => type)).toEqual(['SIGNED_IN', 'ENABLED', 'DISABLED', 'REGISTERED']);
      expect(await newestMail()).toMatchObject({ to: bob.email, subject: 'Your account was enabled again' });
    });
  });

  it('LO-3: ends all sessions of a user', async () => {
    const phone = await app.login(bob);

    expect((await admin.send(REVOKE_SESSIONS, { id })).data).toEqual({ adminRevokeSessions: 2 });
    expect([await isSignedIn(owner), await isSignedIn(phone), await isSignedIn(admin)]).toEqual([false, false, true]);
    expect((await eventsOf()).slice(0, 2)).toMatchObject(
      Array(2).fill({ type: 'SESSION_REVOKED', actor: 'ADMIN', actor_id: await adminId() }),
    );
    expect((await admin.send(REVOKE_SESSIONS, { id })).data).toEqual({ adminRevokeSessions: 0 });
  });

  it('LO-3: mails a user a link to set a new password', async () => {
    expect((await admin.send(SEND_RESET, { id })).data).toEqual({ adminSendPasswordReset: true });

    expect((await eventsOf())[0]).toMatchObject({ type: 'PASSWORD_RESET_REQUESTED', actor_id: await adminId() });
    const token = tokenIn(await newestMail());
    expect((await app.browser().send(RESET_PASSWORD, { token, newPassword })).data).toEqual({ resetPassword: true });
    expect(await isSignedIn(owner)).toBe(false);
  });

  describe('sets roles', () => {
    const setRoles = (roles: string[], userId = id) => admin.send(SET_ROLES, { id: userId, roles });

    it('AZ-3, LO-3, LO-5: effective on the next request, with an event and a notice', async () => {
      const { data } = await setRoles(['SUPPORT', 'ADMIN', 'SUPPORT']);

      expect(data.adminSetRoles.roles).toEqual(['ADMIN', 'SUPPORT']);
      expect((await owner.send(PROFILE)).data.profile.roles).toEqual(['ADMIN', 'SUPPORT']);
      expect((await owner.send(ADMIN_USER, { id })).data.adminUser.email).toBe(bob.email);
      expect((await eventsOf())[0]).toMatchObject({ type: 'ROLES_CHANGED', actor: 'ADMIN', actor_id: await adminId() });
      expect((await newestMail())?.text).toContain('ADMIN, SUPPORT');

      await setRoles([]);
      expect((await owner.send(ADMIN_USER, { id })).code).toBe('FORBIDDEN');
      expect((await newestMail())?.text).toContain('Your roles now: –');
    });

    it('without an event or a notice when they are the same', async () => {
      await setRoles(['SUPPORT']);
      const [events, mails] = [await eventsOf(), (await app.mails()).length];
      await setRoles(['SUPPORT']);

      expect(await eventsOf()).toEqual(events);
      expect(await app.mails()).toHaveLength(mails);
    });

    it.each([['OWNER'], ['support'], [''], ["' or 1=1 --"], ['x'.repeat(10_000)]])(
      'not an unknown one: %.20s',
      async role => {
        const { code, fields } = await setRoles(['SUPPORT', role]);

        expect([code, fields?.[0]?.field]).toEqual(['BAD_USER_INPUT', 'roles']);
        expect((await userOf()).roles).toEqual([]);
      },
    );
  });

  describe('deletes a user', () => {
    it('ID-8, LO-3: with everything that is theirs', async () => {
      expect((await admin.send(DELETE, { id })).data).toEqual({ adminDeleteUser: true });

      expect(await isSignedIn(owner)).toBe(false);
      expect(await userOf()).toBeNull();
      const [event] = await app.rows("select * from account_events where type = 'DELETED'");
      expect(event).toMatchObject({ user_id: null, actor: 'ADMIN', actor_id: await adminId() });
      expect((await newestMail())?.to).toBe(bob.email);
      expect((await app.browser().send(REGISTER, { ...bob })).errors).toBeUndefined();
    });

    it('only after a recent confirmation', async () => {
      app.clock.advance({ minutes: 6 });

      expect((await admin.send(DELETE, { id })).code).toBe('RECENT_AUTH_REQUIRED');
      expect(await isSignedIn(owner)).toBe(true);
      expect((await (await app.login(ada)).send(DELETE, { id })).data).toEqual({ adminDeleteUser: true });
    });
  });

  it.each([
    ['unknown', UNKNOWN],
    ['malformed', "' or 1=1 --"],
    ['empty', ''],
    ['in upper case', UNKNOWN.toUpperCase().replace(/0/g, 'A')],
    ['oversized', 'x'.repeat(10_000)],
    ['a wildcard', '%'],
  ])('GQ-7: finds nobody by an id that is %s', async (_, wrongId) => {
    for (const mutation of [DISABLE, ENABLE, REVOKE_SESSIONS, SEND_RESET, DELETE])
      expect((await admin.send(mutation, { id: wrongId })).code).toBe('NOT_FOUND');
    expect((await admin.send(SET_ROLES, { id: wrongId, roles: [] })).code).toBe('NOT_FOUND');
    expect((await admin.send(ADMIN_USER, { id: wrongId })).data).toEqual({ adminUser: null });
  });

  describe('who is the last one', () => {
    const LOSING: [string, string, object][] = [
      ['disabled', DISABLE, {}],
      ['deleted', DELETE, {}],
      ['demoted', SET_ROLES, { roles: ['SUPPORT'] }],
    ];

    it.each(LOSING)('cannot be %s', async (_, mutation, variables) => {
      expect((await admin.send(mutation, { id: await adminId(), ...variables })).code).toBe('LAST_ADMIN');
      expect((await userOf(await adminId())).roles).toEqual(['ADMIN']);
    });

    it.each(LOSING)('is one of two of whom the other is disabled, and cannot be %s', async (_, mutation, variables) => {
      await admin.send(SET_ROLES, { id, roles: ['ADMIN'] });
      await admin.send(DISABLE, { id });

      expect((await admin.send(mutation, { id: await adminId(), ...variables })).code).toBe('LAST_ADMIN');
    });

    it.each(LOSING)('can be %s once there is another', async (_, mutation, variables) => {
      await admin.send(SET_ROLES, { id, roles: ['ADMIN'] });

      expect((await admin.send(mutation, { id: await adminId(), ...variables })).errors).toBeUndefined();
      expect((await admin.send(ADMIN_USER, { id })).code).toMatch(/UNAUTHENTICATED|FORBIDDEN/);
    });

    it('can get further roles', async () => {
      const { data } = await admin.send(SET_ROLES, { id: await adminId(), roles: ['ADMIN', 'SUPPORT'] });

      expect(data.adminSetRoles.roles).toEqual(['ADMIN', 'SUPPORT']);
    });
  });

  it('GQ-4: sends one mail with a link per request', async () => {
    const { email } = newPerson();
    const document = `mutation { adminCreateUser(email: "${email}") { id } adminSendPasswordReset(id: "${id}") }`;

    expect((await admin.send(document)).status).toBe(400);
  });
});

describe('a program of the operator', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.close());

  it('AZ-4: makes the first administrator, since there is none by default', async () => {
    expect(await app.rows('select * from users')).toEqual([]);

    const { id } = await app.auth.work(({ admin }) => admin.createUser({ email: ada.email, roles: ['ADMIN'] }));
    const token = tokenIn((await app.mails())[0]);
    await app.browser().send(RESET_PASSWORD, { token, newPassword });
    const browser = await app.login({ ...ada, password: newPassword });

    expect((await browser.send(ADMIN_USER, { id })).data.adminUser).toMatchObject({ id, roles: ['ADMIN'] });
  });

  it('finds nothing under an id that is none', async () => {
    const found = await app.auth.work(async ({ admin }) => [await admin.user('x'), await admin.sessionsOf('x')]);

    expect(found).toEqual([null, []]);
  });

  it('LO-3: acts as SERVICE, and needs no confirmation', async () => {
    const { id } = await app.auth.work(({ admin }) => admin.createUser({ email: bob.email }));
    await app.auth.work(({ admin }) => admin.disableUser(id));
    await app.auth.work(({ admin }) => admin.deleteUser(id));

    const events = await app.rows('select type, actor, actor_id from account_events order by id');
    expect(events).toEqual(
      ['REGISTERED', 'DISABLED', 'DELETED'].map(type => ({ type, actor: 'SERVICE', actor_id: null })),
    );
  });

  it('cannot remove the last administrator either', async () => {
    const { id } = await app.auth.work(({ admin }) => admin.createUser({ email: ada.email, roles: ['ADMIN'] }));

    await expect(app.auth.work(({ admin }) => admin.deleteUser(id))).rejects.toMatchObject({ code: 'LAST_ADMIN' });
  });
});
