import { ada, type Browser, bob, LOGIN, PROFILE, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';
import { operation } from '../support/operations.ts';

const SESSIONS = operation('Sessions');
const REVOKE_SESSION = operation('RevokeSession');
const REVOKE_OTHER_SESSIONS = operation('RevokeOtherSessions');

describe('sessions', () => {
  let app: TestApp;
  let laptop: Browser;
  let phone: Browser;
  beforeEach(async () => {
    app = await startApp();
    laptop = await app.register(ada);
    phone = app.browser({ headers: { 'user-agent': 'Phone' } });
    app.clock.advance({ minutes: 2 });
    await phone.send(LOGIN, { email: ada.email, password: ada.password });
  });
  afterEach(() => app.close());

  const list = async (browser: Browser) => (await browser.send(SESSIONS)).data.sessions;
  const idOn = async (browser: Browser) =>
    (await list(browser)).find(({ current }: { current: boolean }) => current).id;
  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;

  it('SE-7: lists the active sessions of the user, most recently used first, and marks that of the request', async () => {
    await app.register(bob);

    const sessions = await list(laptop);
    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toMatchObject({ userAgent: 'Phone', ipAddress: '127.0.0.1', current: false });
    expect(sessions[1]).toMatchObject({ current: true });
    expect(new Date(sessions[0].createdAt)).toEqual(app.clock.now());
  });

  it('SE-7: orders by last use', async () => {
    app.clock.advance({ minutes: 2 });
    await laptop.send(PROFILE);
    await app.auth.settle();

    expect((await list(phone)).map(({ current }: { current: boolean }) => current)).toEqual([false, true]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['were idle for too long', async () => app.clock.advance({ days: 7 })],
    [
      'ended with a change of credentials',
      async () => {
        const token = await app.resetToken(ada.email);
        await app.browser().send(RESET_PASSWORD, { token, newPassword: ada.password });
      },
    ],
  ])('SE-7: does not list sessions that %s', async (_, end) => {
    await end();

    expect(await list(await app.login(ada))).toHaveLength(1);
  });

  it('SE-7: shows ids that do not work as tokens', async () => {
    for (const { id } of await list(laptop)) {
      expect(await isSignedIn(app.browser({ cookies: { session_id: id } }))).toBe(false);
      expect(await isSignedIn(app.browser({ headers: { authorization: `Bearer ${id}` } }))).toBe(false);
    }
  });

  it('SE-7: revokes one session, which ends with its next request, and no other', async () => {
    const id = await idOn(phone);

    expect((await laptop.send(REVOKE_SESSION, { id })).data).toEqual({ revokeSession: true });
    expect(await isSignedIn(phone)).toBe(false);
    expect(await isSignedIn(laptop)).toBe(true);
    expect((await laptop.send(REVOKE_SESSION, { id })).data).toEqual({ revokeSession: false });
  });

  it('SE-7: clears the cookie when the session of the request is revoked', async () => {
    await laptop.send(REVOKE_SESSION, { id: await idOn(laptop) });

    expect(laptop.cookies).not.toHaveProperty('session_id');
    expect(await isSignedIn(phone)).toBe(true);
  });

  it.each([
    ['unknown', () => '01999999-0000-7000-8000-000000000000'],
    ['malformed', () => "' or 1=1 --"],
    ['empty', () => ''],
    ['oversized', () => 'x'.repeat(10_000)],
    ['a wildcard', () => '%'],
  ])('SE-7: returns false for an id that is %s, and ends nothing', async (_, id) => {
    expect((await laptop.send(REVOKE_SESSION, { id: id() })).data).toEqual({ revokeSession: false });
    expect(await list(laptop)).toHaveLength(2);
  });

  it("SE-7: returns false for another user's session, and leaves it open", async () => {
    const otherUser = await app.register(bob);

    expect((await otherUser.send(REVOKE_SESSION, { id: await idOn(phone) })).data).toEqual({ revokeSession: false });
    expect(await isSignedIn(phone)).toBe(true);
  });

  it('SE-7: revokes all other sessions of the user, and none of other users', async () => {
    const otherUser = await app.register(bob);
    const tablet = await app.login(ada);

    expect((await laptop.send(REVOKE_OTHER_SESSIONS)).data).toEqual({ revokeOtherSessions: 2 });
    expect(await Promise.all([laptop, phone, tablet, otherUser].map(isSignedIn))).toEqual([true, false, false, true]);
    expect((await laptop.send(REVOKE_OTHER_SESSIONS)).data).toEqual({ revokeOtherSessions: 0 });
  });

  it.each([
    ['sessions', SESSIONS, {}],
    ['revokeSession', REVOKE_SESSION, { id: '01999999-0000-7000-8000-000000000000' }],
    ['revokeOtherSessions', REVOKE_OTHER_SESSIONS, {}],
  ])('SE-7: %s needs a signed-in user', async (_, query, variables) => {
    expect((await app.browser().send(query, variables)).code).toBe('UNAUTHENTICATED');
  });
});
