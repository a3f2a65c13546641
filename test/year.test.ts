import {
  type Browser,
  CHANGE_PASSWORD,
  LOGIN,
  LOGOUT,
  type Person,
  PROFILE,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from './support/app.ts';
import { operation } from './support/operations.ts';

const ACCOUNT_EVENTS = operation('AccountEvents');
const CONFIRM_EMAIL_CHANGE = operation('ConfirmEmailChange');
const DELETE_ACCOUNT = operation('DeleteAccount');
const EXPORT_MY_DATA = operation('ExportMyData');
const REAUTHENTICATE = operation('Reauthenticate');
const REQUEST_EMAIL_CHANGE = operation('RequestEmailChange');
const REVERT_EMAIL_CHANGE = operation('RevertEmailChange');
const REVOKE_SESSION = operation('RevokeSession');
const SESSIONS = operation('Sessions');
const UPDATE_PROFILE = operation('UpdateProfile');
const VERIFY_EMAIL = operation('VerifyEmail');

describe('a year with an account', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const person: Person = { email: 'ada@example.org', password: 'correct horse battery staple', name: 'Ada' };
  const newEmail = 'ada.lovelace@example.com';
  const newPassword = 'eleven purple tractors';

  const idOf = async (browser: Browser) => (await browser.send(PROFILE)).data.profile?.id ?? null;
  const isSignedIn = async (browser: Browser) => (await idOf(browser)) !== null;
  const linkTo = async (page: string, address: string) => {
    const mail = (await app.allMails()).find(({ to, text }) => to === address && text.includes(`/${page}?token=`));
    return tokenIn(mail);
  };
  const typesOf = async (browser: Browser) =>
    (await browser.send(ACCOUNT_EVENTS, { first: 100 })).data.accountEvents.edges.map(
      ({ node }: { node: { type: string } }) => node.type,
    );

  it('goes from registration to deletion, and begins anew', async () => {
    // January: registers on the laptop, and confirms the address.
    const laptop = app.browser({ headers: { 'user-agent': 'Laptop', 'accept-language': 'fr-CA, fr;q=0.9' } });
    await laptop.send(operation('Register'), { ...person });
    const firstId = await idOf(laptop);
    expect((await laptop.send(PROFILE)).data.profile).toMatchObject({
      emailVerified: false,
      locale: 'fr-CA',
      roles: [],
    });
    await laptop.send(VERIFY_EMAIL, { token: await linkTo('verify-email', person.email) });
    expect((await laptop.send(PROFILE)).data.profile).toMatchObject({ emailVerified: true });
    await laptop.send(UPDATE_PROFILE, { locale: 'en' });

    // The phone signs in, is announced by mail, is lost, and is signed out from the laptop.
    app.clock.advance({ days: 3 });
    const phone = app.browser({ headers: { 'user-agent': 'Phone' } });
    await phone.send(LOGIN, { email: person.email, password: person.password });
    expect((await app.mails())[0]).toMatchObject({ to: person.email, subject: expect.stringMatching(/sign-in/i) });
    const { data } = await laptop.send(SESSIONS);
    const lost = data.sessions.find(({ current }: { current: boolean }) => !current);
    expect(lost).toMatchObject({ userAgent: 'Phone' });
    expect((await laptop.send(REVOKE_SESSION, { id: lost.id })).data).toEqual({ revokeSession: true });
    expect([await isSignedIn(phone), await isSignedIn(laptop)]).toEqual([false, true]);

    // A new password ends the session of whoever else is signed in, and renews that of the laptop.
    const thief = app.browser({ headers: { 'user-agent': 'Thief' } });
    await thief.send(LOGIN, { email: person.email, password: person.password });
    const stolen = app.browser({ cookies: laptop.cookies });
    await laptop.send(CHANGE_PASSWORD, { currentPassword: person.password, newPassword });
    expect([await isSignedIn(laptop), await isSignedIn(thief), await isSignedIn(stolen)]).toEqual([true, false, false]);

    // A thief who has the laptop's session gets no further than reading.
    app.clock.advance({ days: 2 });
    const hijacker = app.browser({ cookies: laptop.cookies });
    for (const [document, variables] of [
      [REQUEST_EMAIL_CHANGE, { newEmail: 'thief@example.net' }],
      [EXPORT_MY_DATA, {}],
      [DELETE_ACCOUNT, {}],
    ] as const)
      expect(await hijacker.send(document, variables)).toMatchObject({ code: 'RECENT_AUTH_REQUIRED' });
    expect(await hijacker.send(REAUTHENTICATE, { password: person.password })).toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });

    // Moves to a new address.
    await laptop.send(REAUTHENTICATE, { password: newPassword });
    await laptop.send(REQUEST_EMAIL_CHANGE, { newEmail });
    expect((await laptop.send(PROFILE)).data.profile.email).toBe(person.email);
    await app.browser().send(CONFIRM_EMAIL_CHANGE, { token: await linkTo('confirm-email', newEmail) });
    expect((await laptop.send(PROFILE)).data.profile).toMatchObject({ email: newEmail, emailVerified: true });

    // After three days a thief with the old mailbox can neither take the change back nor reset the password.
    const revert = await linkTo('revert-email', person.email);
    app.clock.advance({ hours: 72, seconds: 1 });
    expect(await app.browser().send(REVERT_EMAIL_CHANGE, { token: revert })).toMatchObject({ code: 'TOKEN_INVALID' });
    const before = (await app.mails()).length;
    await app.browser().send(REQUEST_PASSWORD_RESET, { email: person.email });
    expect(await app.mails()).toHaveLength(before);
    expect(await app.browser().send(LOGIN, { email: person.email, password: newPassword })).toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });

    // December: takes the data along, and leaves.
    app.clock.advance({ days: 3 });
    await laptop.send(REAUTHENTICATE, { password: newPassword });
    const { exportMyData: exported } = (await laptop.send(EXPORT_MY_DATA)).data;
    expect(JSON.stringify(exported)).toContain(newEmail);
    expect(JSON.stringify(exported)).not.toMatch(/hash/i);
    expect(await typesOf(laptop)).toEqual([
      'DATA_EXPORTED',
      'REAUTHENTICATED',
      'EMAIL_CHANGED',
      'EMAIL_CHANGE_REQUESTED',
      'REAUTHENTICATED',
      'SIGN_IN_FAILED',
      'PASSWORD_CHANGED',
      'SIGNED_IN',
      'SESSION_REVOKED',
      'SIGNED_IN',
      'PROFILE_UPDATED',
      'EMAIL_VERIFIED',
      'REGISTERED',
    ]);
    await app.browser().send(REQUEST_PASSWORD_RESET, { email: newEmail });
    const resetToken = await linkTo('reset-password', newEmail);
    const kept = app.browser({ cookies: laptop.cookies });
    expect((await laptop.send(DELETE_ACCOUNT)).data).toEqual({ deleteAccount: true });
    expect((await app.mails())[0]).toMatchObject({ to: newEmail });
    expect(await isSignedIn(kept)).toBe(false);
    expect(await app.browser().send(RESET_PASSWORD, { token: resetToken, newPassword })).toMatchObject({
      code: 'TOKEN_INVALID',
    });

    // Comes back as somebody new: the address is free, and nothing of the old account is there.
    const again = await app.register({ ...person, email: newEmail });
    expect((await again.send(PROFILE)).data.profile).toMatchObject({ emailVerified: false, name: person.name });
    expect(await idOf(again)).not.toBe(firstId);
    expect(await typesOf(again)).toEqual(['REGISTERED']);
    expect((await again.send(SESSIONS)).data.sessions).toHaveLength(1);
    expect((await again.send(LOGOUT)).data).toEqual({ logout: true });
  });
});
