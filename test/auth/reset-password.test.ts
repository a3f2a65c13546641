import {
  LOGIN,
  newPerson,
  type Person,
  PROFILE,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  sessionOf,
  startApp,
  type TestApp,
} from '../support/app.ts';
import { cookiesSetBy, visible } from '../support/browser.ts';

const newPassword = 'a password that is new';

describe('resetPassword', () => {
  let app: TestApp;
  let ada: Person;
  let renewed: Person;
  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    ada = newPerson();
    renewed = { ...ada, password: newPassword };
    await app.register(ada);
    app.auth.devMailbox?.mails.splice(0);
  });
  // Long enough for every rate limit to reset.
  afterEach(() => app.clock.advance({ hours: 1 }));
  afterAll(() => app.close());

  const reset = (token: string, password = newPassword) =>
    app.browser().send(RESET_PASSWORD, { token, newPassword: password });
  const sessionsOf = ({ email }: Person) =>
    app.rows('select s.id from sessions s join users u on u.id = s.user_id where u.email = ?', email);
  const codeOfLogin = async (person: Person) => (await app.browser().send(LOGIN, { ...person })).code;

  it('sets the password, and the old one stops working', async () => {
    const response = await reset(await app.resetToken(ada.email));

    expect(response).toMatchObject({ status: 200, data: { resetPassword: true } });
    expect(await codeOfLogin(renewed)).toBeUndefined();
    expect(await codeOfLogin(ada)).toBe('INVALID_CREDENTIALS');
  });

  it('does not affect other users', async () => {
    const bob = newPerson();
    const browser = await app.register(bob);

    await reset(await app.resetToken(ada.email));

    expect((await browser.send(PROFILE)).data.profile).toMatchObject({ email: bob.email });
    expect(await codeOfLogin(bob)).toBeUndefined();
    expect(await codeOfLogin({ ...bob, password: newPassword })).toBe('INVALID_CREDENTIALS');
  });

  it('RS-4: does not sign in', async () => {
    const token = await app.resetToken(ada.email);
    const browser = app.browser();

    const response = await browser.send(RESET_PASSWORD, { token, newPassword });

    expect(cookiesSetBy(response)).toEqual([]);
    expect((await browser.send(PROFILE)).data.profile).toBeNull();
    expect(await sessionsOf(ada)).toEqual([]);
  });

  it('RS-4, LO-5: notifies the owner by a mail without secrets', async () => {
    const token = await app.resetToken(ada.email);

    await reset(token);

    const [notice, ...earlier] = await app.mails();
    expect(notice).toMatchObject({ to: ada.email, subject: 'Your password was changed' });
    expect(earlier).toHaveLength(1);
    const words = `${notice?.text} ${notice?.html}`;
    for (const secret of [token, newPassword, ada.password, 'token=']) expect(words).not.toContain(secret);
  });

  it('RS-4: verifies the address, and changes nothing else', async () => {
    await reset(await app.resetToken(ada.email));

    const { data } = await (await app.login(renewed)).send(PROFILE);
    expect(data.profile).toMatchObject({ email: ada.email, emailVerified: true, name: ada.name });
  });

  it.each([
    ['TOO_SHORT', () => 'seven7!'],
    ['TOO_LONG', () => 'x'.repeat(257)],
    ['TOO_COMMON', () => 'password123'],
    ['TOO_PERSONAL', () => `${ada.email}!`],
    ['INVALID', () => 'lone surrogate \ud800'],
  ])('refuses a password with the reason, and leaves the token unused: %s', async (rule, password) => {
    const token = await app.resetToken(ada.email);

    const response = await reset(token, password());

    expect(response).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'newPassword', rule }] });
    expect(response.fields).toHaveLength(1);
    expect(await codeOfLogin(ada)).toBeUndefined();
    expect((await reset(token)).data).toEqual({ resetPassword: true });
  });

  describe.each([
    ['thirty minutes', {}, 30],
    ['the time that is set', { BIENVENUE_RESET_TOKEN_LIFETIME: '10m' }, 10],
  ])('within %s', (_, env, minutes) => {
    it.each([
      ['works a second before the end', -1, undefined],
      ['does not work a second after it', 1, 'TOKEN_INVALID'],
    ])('RS-3: %s', async (__, seconds, code) => {
      const timed = await startApp({ env });
      await timed.register(ada);
      const token = await timed.resetToken(ada.email);

      timed.clock.advance({ minutes, seconds });

      const response = await timed.browser().send(RESET_PASSWORD, { token, newPassword });
      await timed.close();
      expect(response.code).toBe(code);
    });
  });

  it('RS-3: returns the same error for a used, expired, revoked, unknown, foreign or malformed token', async () => {
    const used = await app.resetToken(ada.email);
    app.clock.advance({ minutes: 6 });
    const revoked = await app.resetToken(ada.email);
    await reset(used);
    const bob = newPerson();
    const person = await app.register(bob);
    const expired = await app.resetToken(bob.email);
    app.clock.advance({ minutes: 31 });
    const foreign = await app.resetToken(bob.email);
    await app.rows(`update tokens set purpose = 'verify-email' where created_at = ?`, app.clock.now().getTime());
    const session = sessionOf(person);

    const tokens = { used, revoked, expired, foreign, session, unknown: 'A'.repeat(43), malformed: 'not a token' };
    const responses = await Promise.all(Object.values(tokens).map(async token => visible(await reset(token))));

    expect(responses[0]).toContain('TOKEN_INVALID');
    expect(new Set(responses).size).toBe(1);
  });

  it('RS-1: refuses a token issued before the credentials changed', async () => {
    const token = await app.resetToken(ada.email);
    await app.rows('update users set credential_version = credential_version + 1 where email = ?', ada.email);

    expect(await reset(token)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('is not triggered by opening the link', async () => {
    const token = await app.resetToken(ada.email);

    const statusOf = async (path: string, method: string) => (await app.browser().fetch(path, { method })).status;
    for (const method of ['GET', 'HEAD']) {
      expect(await statusOf(`/reset-password?token=${token}`, method)).toBe(200);
      expect(await statusOf(`/reset_password?reset_token=${token}`, method)).toBe(405);
    }

    expect((await reset(token)).data).toEqual({ resetPassword: true });
  });

  it('RS-6: can be requested again as soon as the rate limits allow', async () => {
    await reset(await app.resetToken(ada.email));
    app.clock.advance({ minutes: 6 });

    await app.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });

    expect((await app.mails()).map(({ subject }) => subject)[0]).toBe('Set a new password');
  });
});
