import {
  ada,
  type Browser,
  bob,
  LOGIN,
  type Person,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';
import { visible } from '../support/browser.ts';
import { BEHIND_PROXY, browserAt } from '../support/guesses.ts';
import { CountingHasher } from '../support/hasher.ts';
import { operation } from '../support/operations.ts';
import { MailServer } from '../support/smtp.ts';

const VERIFY_EMAIL = operation('VerifyEmail');
const REQUEST_EMAIL_VERIFICATION = operation('RequestEmailVerification');

const newPassword = 'a password that is new';

let app: TestApp;
afterEach(() => app.close());

const verify = (token: string) => app.browser().send(VERIFY_EMAIL, { token });
const newestLink = async () => tokenIn((await app.verificationMails())[0]);
const linksSent = async () => (await app.verificationMails()).length;
const profileOf = async (browser: Browser) => (await browser.send(PROFILE)).data.profile;
const events = async () => (await app.rows('select type from account_events order by id')).map(({ type }) => type);

describe('the mail of a registration', () => {
  it.each([
    [
      'GraphQL',
      async () => {
        await app.register(ada);
      },
    ],
    [
      'REST',
      async () => {
        await app.browser().form('POST', '/users', { email: ada.email, password: ada.password });
      },
    ],
    [
      'a host program',
      async () => {
        await app.auth.work(({ auth }) => auth.createAccount(ada));
      },
    ],
  ])('brings a link to the page under APP_URL: %s', async (_, register) => {
    app = await startApp({ env: { APP_URL: 'https://shop.example.org/account' } });

    await register();

    expect(await app.allMails()).toMatchObject([{ to: ada.email, subject: 'Confirm your e-mail address' }]);
    const [mail] = await app.verificationMails();
    expect(mail?.text).toMatch(/^https:\/\/shop\.example\.org\/account\/verify-email\?token=[A-Za-z0-9_-]{43}$/m);
    expect(mail?.text).toContain('If you did not create it');
  });

  it.each([
    ['en-GB,en;q=0.9', 'Confirm your e-mail address'],
    ['fr-CH, fr;q=0.9', 'Confirmez votre adresse e-mail'],
    ['de', 'Bestätigen Sie Ihre E-Mail-Adresse'],
    ['ja', 'Confirm your e-mail address'],
  ])('is in the language of the browser: %s', async (language, subject) => {
    app = await startApp();

    await app.browser({ headers: { 'accept-language': language } }).send(REGISTER, { ...ada });

    expect(await app.verificationMails()).toMatchObject([{ subject }]);
  });

  it('is not sent for an account that a host program gives as verified', async () => {
    app = await startApp();

    const user = await app.auth.work(({ auth }) => auth.createAccount({ ...ada, emailVerified: true }));

    expect(user.emailVerifiedAt).toEqual(app.clock.now());
    expect(await app.allMails()).toEqual([]);
  });
});

describe('a verification mail that waits in the outbox', () => {
  let mailServer: MailServer;
  beforeEach(async () => {
    mailServer = await MailServer.start();
    app = await startApp({ env: mailServer.settings });
    mailServer.refuse({ code: 451 });
    await app.register(ada);
    await app.auth.settle();
    mailServer.takeAll();
  });
  afterEach(() => mailServer.close());

  it.each([
    ['is unverified still', 'update users set name = ?', ['Ada'], 1],
    ['was verified meanwhile', 'update users set email_verified_at = ?', [0], 0],
    ['was disabled meanwhile', 'update users set disabled = true', [], 0],
    ['was deleted meanwhile', 'delete from users where email = ?', [ada.email], 0],
  ])('is sent only where it has a use: the account %s', async (_, sql, values, sent) => {
    await app.rows(sql, ...values);
    app.clock.advance({ minutes: 1 });
    await app.auth.settle();

    expect(mailServer.mails).toHaveLength(sent);
    expect(await app.rows('select * from outbox')).toEqual([]);
  });
});

describe('verifyEmail', () => {
  let browser: Browser;
  let token: string;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
    browser = await app.register(ada);
    token = await newestLink();
  });

  it('verifies the address without a session, and records it', async () => {
    expect(await profileOf(browser)).toMatchObject({ emailVerified: false });

    expect((await verify(token)).data).toEqual({ verifyEmail: true });

    expect(await profileOf(browser)).toMatchObject({ emailVerified: true });
    expect(await events()).toEqual(['REGISTERED', 'EMAIL_VERIFIED']);
  });

  it("EV-1: keeps password and sessions when the link is that of the owner's own registration", async () => {
    await verify(token);

    expect(await profileOf(browser)).toMatchObject({ email: ada.email });
    expect((await app.browser().send(LOGIN, { ...ada })).errors).toBeUndefined();
  });

  it.each([
    ['one second before', 24 * 60 * 60 - 1, { verifyEmail: true }],
    ['at', 24 * 60 * 60, null],
    ['one second after', 24 * 60 * 60 + 1, null],
  ])('RS-3: accepts a link for 24 hours: %s the end', async (_, seconds, data) => {
    app.clock.advance({ seconds });

    expect((await verify(token)).data).toEqual(data);
  });

  it('RS-3: gives one response to unknown, used, expired, revoked and foreign tokens', async () => {
    const late = await app.register(bob);
    const expired = await newestLink();
    app.clock.advance({ hours: 23 });
    await late.send(REQUEST_EMAIL_VERIFICATION);
    const revoked = await newestLink();
    app.clock.advance({ hours: 1 });
    await verify(revoked);
    const cy = await app.register({ email: 'cy@example.org', password: ada.password });
    const used = await newestLink();
    await verify(used);
    const reset = await app.resetToken('cy@example.org');

    const tokens = ['A'.repeat(43), used, expired, revoked, reset, '', ' ', 'x'.repeat(10_000)];
    const responses = [];
    for (const refused of tokens) responses.push(await verify(refused));

    expect(responses[0]).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(new Set(responses.map(visible)).size).toBe(1);
    expect(await profileOf(cy)).toMatchObject({ emailVerified: true });
  });

  it('RS-1: accepts a token for its own purpose only', async () => {
    const reset = await app.resetToken(ada.email);

    expect(await verify(reset)).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(await app.browser().send(RESET_PASSWORD, { token, newPassword })).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(await profileOf(app.browser({ cookies: { session_id: token } }))).toBeNull();
    expect((await verify(token)).data).toEqual({ verifyEmail: true });
    expect((await app.browser().send(RESET_PASSWORD, { token: reset, newPassword })).data).toEqual({
      resetPassword: true,
    });
  });

  it('RS-1: stores the token as a hash only', async () => {
    expect((await app.dump()).filter(value => String(value).includes(token))).toEqual([]);
  });

  it('RS-2: of twenty parallel uses of one token exactly one succeeds', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => verify(token)));

    expect(responses.filter(({ data }) => data?.verifyEmail === true)).toHaveLength(1);
    expect(responses.filter(({ code }) => code === 'TOKEN_INVALID')).toHaveLength(19);
    expect(await events()).toEqual(['REGISTERED', 'EMAIL_VERIFIED']);
  });

  it('EV-2: opening the link changes nothing', async () => {
    for (const method of ['GET', 'HEAD', 'GET', 'HEAD', 'GET']) {
      await app.browser().fetch(`/verify-email?token=${token}`, { method });
      const query = new URLSearchParams({ query: VERIFY_EMAIL, variables: JSON.stringify({ token }) });
      await app.browser().fetch(`/graphql?${query}`, { method });
    }

    expect(await profileOf(browser)).toMatchObject({ emailVerified: false });
    expect((await verify(token)).data).toEqual({ verifyEmail: true });
  });

  it('refuses the link of a disabled account', async () => {
    await app.rows('update users set disabled = true');

    expect(await verify(token)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('EV-1: a reset of the password verifies the address, and ends what was set before', async () => {
    const reset = await app.resetToken(ada.email);
    await app.browser().send(RESET_PASSWORD, { token: reset, newPassword });

    expect(await verify(token)).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(await profileOf(browser)).toBeNull();
    expect(await app.browser().send(LOGIN, { ...ada })).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    const { data } = await app.browser().send(LOGIN, { email: ada.email, password: newPassword });
    expect(data.login.user.emailVerified).toBe(true);
  });
});

describe('requestEmailVerification', () => {
  let browser: Browser;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
    browser = await app.register(ada);
  });

  const requestLink = () => browser.send(REQUEST_EMAIL_VERIFICATION);

  it('needs a session', async () => {
    expect(await app.browser().send(REQUEST_EMAIL_VERIFICATION)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('mails another link right after the registration, and leaves the first one valid', async () => {
    const first = await newestLink();

    expect((await requestLink()).data).toEqual({ requestEmailVerification: true });

    expect(await linksSent()).toBe(2);
    expect((await verify(first)).data).toEqual({ verifyEmail: true });
    expect(await verify(await newestLink())).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('RS-6: keeps the three newest links valid', async () => {
    const links = [await newestLink()];
    for (let request = 0; request < 3; request++) {
      await requestLink();
      links.push(await newestLink());
      app.clock.advance({ minutes: 5 });
    }

    expect(await verify(links[0] as string)).toMatchObject({ code: 'TOKEN_INVALID' });
    expect((await verify(links[1] as string)).data).toEqual({ verifyEmail: true });
  });

  it('is true for a verified address, and sends no mail', async () => {
    await verify(await newestLink());

    expect((await requestLink()).data).toEqual({ requestEmailVerification: true });
    expect(await app.allMails()).toHaveLength(1);
  });

  it('RL-8: sends one mail in five minutes, five an hour, with the same response in every case', async () => {
    const responses = [];
    for (let request = 0; request < 5; request++) responses.push(visible(await requestLink()));
    expect(await linksSent()).toBe(2);

    for (let minutes = 5; minutes < 60; minutes += 5) {
      app.clock.advance({ minutes: 5 });
      responses.push(visible(await requestLink()));
    }
    expect(await linksSent()).toBe(1 + 5);
    expect(new Set(responses).size).toBe(1);
  });

  it('RL-8: neither its mails nor those of a password reset use up the limit of the other', async () => {
    await requestLink();
    await app.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
    expect(await app.mails()).toMatchObject([{ subject: 'Set a new password' }]);

    const other = await app.register(bob);
    await app.browser().send(REQUEST_PASSWORD_RESET, { email: bob.email });
    await other.send(REQUEST_EMAIL_VERIFICATION);
    expect((await app.verificationMails()).filter(({ to }) => to === bob.email)).toHaveLength(2);
  });
});

describe('where verified addresses are required', () => {
  const hasher = new CountingHasher(4);
  const REQUIRED = { BIENVENUE_EMAIL_VERIFICATION: 'required', ...BEHIND_PROXY };
  /** An address of the same length as Ada's, since responses repeat it. */
  const unverified: Person = { email: 'una@example.org', password: 'an unverified password' };
  beforeEach(async () => {
    app = await startApp({ env: REQUIRED, ports: { hasher } });
  });

  let sources = 0;
  const register = (person: Person, headers = {}) =>
    app.browser({ headers: { 'x-forwarded-for': `192.0.2.${++sources}`, ...headers } }).send(REGISTER, { ...person });
  const login = ({ email }: Person, password: string) => browserAt(app, '203.0.113.9').send(LOGIN, { email, password });
  const canLogIn = async (person: Person, password = person.password) => {
    const { data } = await login(person, password);
    return data?.login.__typename === 'SignedIn';
  };
  const registerVerified = async (person: Person) => {
    await register(person);
    await verify(await newestLink());
  };
  const pending = ({ email }: Person) => ({ __typename: 'EmailConfirmationRequired', email });

  it('a registration signs nobody in before the link in the mail was used', async () => {
    const { data, headers } = await register(ada);

    expect(data).toEqual({ register: pending(ada) });
    expect(headers.has('set-cookie')).toBe(false);
    expect(await app.rows('select * from sessions')).toEqual([]);
    expect(await canLogIn(ada)).toBe(false);
    await verify(await newestLink());
    expect(await canLogIn(ada)).toBe(true);
    expect(await events()).toEqual(['REGISTERED', 'EMAIL_VERIFIED', 'SIGNED_IN']);
  });

  it('ID-6: the response is the same for a new, a verified and an unverified address', async () => {
    await registerVerified(ada);
    await register(unverified);
    const emails = ['new@example.org', ada.email, unverified.email];

    const responses = [];
    for (let round = 0; round < 3; round++)
      for (const email of emails) responses.push([email, visible(await register({ ...bob, email }))]);

    const general = responses.map(([email = '', response = '']) => response.replace(email, 'EMAIL'));
    expect(general[0]).toContain('EmailConfirmationRequired');
    expect(new Set(general).size).toBe(1);
    expect(await app.rows('select * from sessions')).toEqual([]);
  });

  it('ID-6: a registration makes one hash, whatever the address, also over the limit', async () => {
    await registerVerified(ada);
    await register(unverified);

    for (const email of ['new@example.org', ada.email, unverified.email, ada.email, unverified.email]) {
      const before = hasher.work;
      await register({ ...bob, email });
      expect([email, hasher.work - before]).toEqual([email, 2 ** 4]);
    }
  });

  it('ID-6: returns the address as it was entered', async () => {
    await registerVerified(ada);

    for (const email of [' Ada@EXAMPLE.org', 'New@EXAMPLE.org'])
      expect((await register({ ...bob, email })).data.register.email).toBe(email);
  });

  it('ID-6: REST gives the same response for a new, a verified and an unverified address', async () => {
    await registerVerified(ada);
    await register(unverified);
    const bodies = [];
    for (const email of ['new@example.org', ada.email, unverified.email]) {
      const response = await browserAt(app, `192.0.2.${++sources}`).form('POST', '/users', { ...bob, email } as never);
      bodies.push([response.status, response.headers.getSetCookie(), (await response.text()).replace(email, 'EMAIL')]);
    }

    expect(bodies).toEqual(Array(3).fill([200, [], '{"email":"EMAIL","message":"verification mail sent"}']));
  });

  it('ID-6: tells the owner of a verified address by mail, and changes nothing', async () => {
    await registerVerified(ada);
    const before = await app.database.contents('users', 'tokens', 'account_events');

    await register({ ...ada, password: newPassword, name: 'Mallory' });

    const [mail] = await app.mails();
    expect(mail).toMatchObject({ to: ada.email, subject: 'You already have an account' });
    expect(mail?.text).not.toContain('token=');
    expect(mail?.text).not.toContain('Mallory');
    expect(await app.database.contents('users', 'tokens', 'account_events')).toEqual(before);
    expect(await canLogIn(ada)).toBe(true);
  });

  it.each([
    ['verified', registerVerified],
    ['unverified', register],
  ])('RL-8: registrations of a %s address cannot flood its mailbox', async (_, prepare) => {
    await prepare(ada);
    await app.allMails();
    app.auth.devMailbox?.mails.splice(0);

    for (let count = 0; count < 20; count++) await register({ ...bob, email: ada.email });
    expect(await app.allMails()).toHaveLength(1);

    for (let minutes = 5; minutes < 60; minutes += 5) {
      app.clock.advance({ minutes: 5 });
      await register({ ...bob, email: ada.email });
    }
    expect(await app.allMails()).toHaveLength(5);
    expect(await app.rows('select * from outbox')).toEqual([]);
  });

  it('ID-5: parallel registrations of one address create one account, and all get the same response', async () => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => register(ada)));

    expect(responses.map(({ data }) => data)).toEqual(Array(10).fill({ register: pending(ada) }));
    expect(await app.rows('select email from users')).toEqual([{ email: ada.email }]);
  });

  describe('after a stranger has registered the address', () => {
    const stranger: Person = { email: ada.email, password: 'the password of a stranger', name: 'Stranger' };
    let strangersLink: string;
    beforeEach(async () => {
      await register(stranger);
      strangersLink = await newestLink();
      app.clock.advance({ minutes: 1 });
      await register(ada, { 'accept-language': 'fr' });
    });

    it("EV-1: the link of the owner's registration makes the owner's password valid, and the stranger's invalid", async () => {
      const optional = await startApp({ database: app.database, ports: { clock: app.clock } });
      const session = await optional.login(stranger);
      const reset = await optional.resetToken(ada.email);
      await optional.close();
      const [mail] = await app.verificationMails();
      expect(mail?.subject).toBe('Confirmez votre adresse e-mail');

      expect((await verify(tokenIn(mail))).data).toEqual({ verifyEmail: true });

      expect(await canLogIn(ada)).toBe(true);
      expect(await canLogIn(stranger)).toBe(false);
      expect(await profileOf(app.browser({ cookies: session.cookies }))).toBeNull();
      expect(await verify(strangersLink)).toMatchObject({ code: 'TOKEN_INVALID' });
      const { code } = await app.browser().send(RESET_PASSWORD, { token: reset, newPassword });
      expect(code).toBe('TOKEN_INVALID');
      expect((await login(ada, ada.password)).data.login.user).toMatchObject({ name: ada.name, locale: 'fr' });
      expect(await events()).toEqual(expect.arrayContaining(['EMAIL_VERIFIED', 'PASSWORD_RESET']));
      expect(await app.mails()).toMatchObject([{ subject: 'Votre mot de passe a été modifié' }]);
    });

    it('EV-1: once one link was used, the password of another registration can no longer be set', async () => {
      const ownersLink = await newestLink();
      await verify(strangersLink);

      expect(await verify(ownersLink)).toMatchObject({ code: 'TOKEN_INVALID' });
      expect(await canLogIn(ada)).toBe(false);
      const token = await app.resetToken(ada.email);
      await app.browser().send(RESET_PASSWORD, { token, newPassword });
      expect(await canLogIn(ada, newPassword)).toBe(true);
      expect(await canLogIn(stranger)).toBe(false);
    });

    it('EV-1: of parallel uses of both links exactly one succeeds', async () => {
      const links = [strangersLink, await newestLink()];

      const responses = await Promise.all(links.map(verify));

      expect(responses.map(({ code }) => code).toSorted()).toEqual(['TOKEN_INVALID', undefined]);
      const accepted = [await canLogIn(stranger), await canLogIn(ada)];
      expect(accepted).toEqual(responses.map(({ data }) => data !== null));
    });

    it('a mail with the link of a registration leaves no password hash behind once it is used', async () => {
      await verify(await newestLink());

      expect(await app.rows('select * from tokens')).toEqual([]);
      await app.allMails();
      expect(await app.rows('select * from outbox')).toEqual([]);
    });
  });

  describe('a login to an unverified account', () => {
    beforeEach(async () => {
      await register(ada);
    });

    it('with the right password mails a fresh link, and starts no session', async () => {
      const { data, headers } = await login(ada, ada.password);

      expect(data).toEqual({ login: pending(ada) });
      expect(headers.has('set-cookie')).toBe(false);
      expect(await app.rows('select * from sessions')).toEqual([]);
      expect(await linksSent()).toBe(2);
      expect(await events()).toEqual(['REGISTERED']);
      await verify(await newestLink());
      expect(await canLogIn(ada)).toBe(true);
    });

    it('LG-1: with a wrong password gets the same response as for an unknown address, and mails nothing', async () => {
      const refused = await login(ada, 'wrong horse');

      expect(refused).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(visible(refused)).toBe(visible(await login(bob, 'wrong horse')));
      expect(await linksSent()).toBe(1);
    });

    it('RL-8: mails within the limits, with the same response', async () => {
      const responses = [];
      for (let count = 0; count < 10; count++) responses.push(visible(await login(ada, ada.password)));

      expect(new Set(responses).size).toBe(1);
      expect(await linksSent()).toBe(2);
    });

    it('over REST responds 403 with a sentence, and sets no cookie', async () => {
      const browser = app.browser();

      const response = await browser.form('POST', '/sessions', { email: ada.email, password: ada.password });

      const message = 'Please verify your e-mail address first, with the link in the mail.';
      expect([response.status, await response.json()]).toEqual([403, { message }]);
      expect(browser.cookies).toEqual({});
    });

    it('succeeds after a password reset, which proves the mailbox too', async () => {
      const token = await app.resetToken(ada.email);
      await app.browser().send(RESET_PASSWORD, { token, newPassword });

      expect(await canLogIn(ada, newPassword)).toBe(true);
    });
  });

  it('a host program learns that an address is taken, and can create verified accounts', async () => {
    await app.auth.work(({ auth }) => auth.createAccount({ ...ada, emailVerified: true }));

    await expect(app.auth.work(({ auth }) => auth.createAccount(ada))).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
    expect(await canLogIn(ada)).toBe(true);
  });
});
