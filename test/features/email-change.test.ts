import { DevMailbox } from '../../src/mail/dev-mailbox.ts';
import type { Mail } from '../../src/mail/mailer.ts';
import {
  type Browser,
  LOGIN,
  newPerson,
  type Person,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  sessionOf,
  startApp,
  type TestApp,
  TestClock,
  tokenIn,
} from '../support/app.ts';
import { visible } from '../support/browser.ts';
import { operation } from '../support/operations.ts';
import { post } from '../support/raw.ts';

const REQUEST = operation('RequestEmailChange');
const CONFIRM = operation('ConfirmEmailChange');
const DELETE_ACCOUNT = operation('DeleteAccount');
const REVERT = operation('RevertEmailChange');

const newPassword = 'a password that is new';
const PAGE = { confirm: 'confirm-email', revert: 'revert-email' };

/** A mailbox whose mail server can be down. */
class FailingMailbox extends DevMailbox {
  down = false;

  override async send(mail: Mail): Promise<void> {
    if (this.down) throw new Error('the mail server is down');
    await super.send(mail);
  }
}

describe('a change of the e-mail address', () => {
  let app: TestApp;
  let mailbox: FailingMailbox;
  let ada: Person;
  let moved: Person;
  let laptop: Browser;
  beforeAll(async () => {
    const clock = new TestClock();
    mailbox = new FailingMailbox(clock);
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' }, ports: { clock, mailer: mailbox } });
  });
  beforeEach(async () => {
    ada = newPerson();
    moved = { ...ada, email: `new.${ada.email}` };
    laptop = await app.register(ada);
    await app.auth.settle();
    mailbox.mails.splice(0);
  });
  afterAll(() => app.close());

  const request = (newEmail = moved.email, browser = laptop) => browser.send(REQUEST, { newEmail });
  const confirm = (token: string) => app.browser().send(CONFIRM, { token });
  const revert = (token: string) => app.browser().send(REVERT, { token });
  const reset = (token: string) => app.browser().send(RESET_PASSWORD, { token, newPassword });
  const emailOf = async (browser: Browser) => (await browser.send(PROFILE)).data.profile?.email ?? null;
  const canLogIn = async (person: Person) => (await app.browser().send(LOGIN, { ...person })).code === undefined;
  /** The time, as English mails write it. */
  const now = () => app.clock.now().toLocaleString('en', { dateStyle: 'long', timeStyle: 'long', timeZone: 'UTC' });
  /** The mails to an address, newest first. */
  const mailsTo = async (address: string) => (await app.mails()).filter(({ to }) => to === address);
  const subjectsTo = async (address: string) => (await mailsTo(address)).map(({ subject }) => subject);
  /** The token of the newest link to a page in the mails to an address. */
  const tokenOf = async (page: string, address: string) =>
    tokenIn((await mailsTo(address)).find(({ text }) => text.includes(`/${page}?token=`)));
  const confirmToken = (address = moved.email) => tokenOf(PAGE.confirm, address);
  const revertToken = (address = ada.email) => tokenOf(PAGE.revert, address);
  const resetToken = (address = ada.email) => tokenOf('reset-password', address);
  /** Requests and confirms a change. Returns the token that takes it back. */
  const change = async (to = moved.email, browser = laptop, from = ada.email) => {
    await request(to, browser);
    const { errors } = await confirm(await confirmToken(to));
    expect(errors).toBeUndefined();
    return revertToken(from);
  };
  const eventsOf = async ({ email }: Person) =>
    (
      await app.rows(
        'select e.type from account_events e join users u on u.id = e.user_id where u.email = ? order by e.id',
        email,
      )
    ).map(({ type }) => type);

  describe('when it is requested', () => {
    it('EV-3: does not take effect, mails a link to the new address and a notice to the old one', async () => {
      expect(await request()).toMatchObject({ status: 200, data: { requestEmailChange: true } });

      expect(await emailOf(laptop)).toBe(ada.email);
      expect(await canLogIn(ada)).toBe(true);
      expect(await canLogIn(moved)).toBe(false);
      expect(await subjectsTo(moved.email)).toEqual(['Confirm your new e-mail address']);
      expect(await subjectsTo(ada.email)).toEqual(['A change of your e-mail address was requested']);
      expect(await eventsOf(ada)).toContain('EMAIL_CHANGE_REQUESTED');
    });

    it('LO-5: names the mailbox that reads a mail in full, the other one masked, and the time', async () => {
      await request();

      const [[link], [notice]] = [await mailsTo(moved.email), await mailsTo(ada.email)];
      expect(link?.text).toContain(`from u***@example.org to ${moved.email}`);
      expect(link?.text).toContain(`${app.url}/confirm-email?token=`);
      expect(notice?.text).toContain(`from ${ada.email} to n***@example.org`);
      expect(notice?.text).toContain(`${app.url}/revert-email?token=`);
      expect(notice?.text).toContain(now());
      for (const text of [link?.text, link?.html]) expect(text).not.toContain(` ${ada.email}`);
      for (const text of [notice?.text, notice?.html]) expect(text).not.toContain(moved.email);
    });

    it.each([
      ['fr', 'Confirmez votre nouvelle adresse e-mail', 'Un changement de votre adresse e-mail a été demandé'],
      ['de-AT', 'Neue E-Mail-Adresse bestätigen', 'Eine Änderung Ihrer E-Mail-Adresse wurde angefordert'],
    ])('writes to the owner in their language: %s', async (language, link, notice) => {
      const zoe = newPerson();
      const browser = app.browser({ headers: { 'accept-language': language } });
      await browser.send(REGISTER, { ...zoe });

      await request(`new.${zoe.email}`, browser);

      expect(await subjectsTo(`new.${zoe.email}`)).toEqual([link]);
      expect(await subjectsTo(zoe.email)).toContain(notice);
    });

    it('EV-3: needs a session', async () => {
      expect(await request(moved.email, app.browser())).toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    it('EV-3: is refused to a thief whose session has no recent confirmation', async () => {
      app.clock.advance({ minutes: 5, ms: 1 });

      expect(await request()).toMatchObject({ code: 'RECENT_AUTH_REQUIRED' });

      expect(await app.mails()).toEqual([]);
      expect(await request(moved.email, await app.login(ada))).toMatchObject({ data: { requestEmailChange: true } });
    });

    it.each([
      '',
      'ada',
      'ada@example.org, bob@example.org',
      'ada@example.org\nBcc: x@y.z',
      `${'x'.repeat(250)}@example.org`,
      '\ud800@example.org',
    ])('refuses an invalid address and sends no mail: %j', async newEmail => {
      expect(await request(newEmail)).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: [{ field: 'newEmail', rule: 'INVALID' }],
      });
      expect(await app.mails()).toEqual([]);
    });

    it('refuses the address that the account has', async () => {
      expect(await request(` ${ada.email} `)).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: [{ field: 'newEmail', rule: 'INVALID', message: 'This is already the address of your account.' }],
      });
    });

    it('lets owners correct the letters of their address, with a confirmation like any other change', async () => {
      const corrected = ada.email.replace('user', 'User');

      await change(corrected);

      expect(await emailOf(laptop)).toBe(corrected);
      expect(await canLogIn(ada)).toBe(true);
    });

    it('EV-3: does not reveal that the address has an account, and mails nothing to it', async () => {
      const bob = newPerson();
      await app.register(bob);
      mailbox.mails.splice(0);

      const responses = [await request(bob.email), await request()];

      expect(new Set(responses.map(visible)).size).toBe(1);
      expect(await mailsTo(bob.email)).toEqual([]);
      expect(await mailsTo(ada.email)).toHaveLength(2);
    });

    it('EV-3: replaces an earlier request, whose link no longer works', async () => {
      const typo = `typo.${ada.email}`;
      await request(typo);
      const first = await confirmToken(typo);
      await request();

      expect(await confirm(first)).toMatchObject({ code: 'TOKEN_INVALID' });
      expect(await confirm(await confirmToken())).toMatchObject({ data: { confirmEmailChange: true } });
      expect(await emailOf(laptop)).toBe(moved.email);
    });

    it('EV-3: twice at once leaves one link that works, for the address that it was mailed to', async () => {
      const addresses = Array.from({ length: 5 }, (_, index) => `at-once-${index}.${ada.email}`);
      await Promise.all(addresses.map(address => request(address)));
      // A request that was replaced before its mail was sent has no link at all.
      const mailed = (await app.mails()).filter(({ text }) => text.includes('/confirm-email?'));

      const confirmed: string[] = [];
      for (const mail of mailed) if (!(await confirm(tokenIn(mail))).errors) confirmed.push(mail.to);

      expect(confirmed).toHaveLength(1);
      expect(await emailOf(laptop)).toBe(confirmed[0]);
    });

    it('GQ-4: may not be combined with another credential mutation', async () => {
      const query = 'mutation { requestEmailChange(newEmail: "a@b.org") confirmEmailChange(token: "x") }';

      expect((await post(app.url, query)).json.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    });
  });

  describe('when it is confirmed', () => {
    it('ID-8: while the account is deleted, never fails with an unexpected error', async () => {
      for (let round = 0; round < 5; round++) {
        const person = newPerson();
        const browser = await app.register(person);
        await request(`new.${person.email}`, browser);
        const token = await confirmToken(`new.${person.email}`);

        const deletion = browser.send(DELETE_ACCOUNT);
        const responses = await Promise.all(Array.from({ length: 20 }, () => confirm(token)));

        expect((await deletion).data).toEqual({ deleteAccount: true });
        expect(new Set(responses.map(({ code = 'confirmed' }) => code))).not.toContain('INTERNAL_SERVER_ERROR');
      }
    });

    it('EV-3: changes the address to the new one, verified, and keeps the sessions', async () => {
      const phone = await app.login(ada);
      await request();

      expect(await confirm(await confirmToken())).toMatchObject({ status: 200, data: { confirmEmailChange: true } });

      const expected = { email: moved.email, emailVerified: true, name: ada.name };
      for (const browser of [laptop, phone]) expect((await browser.send(PROFILE)).data.profile).toMatchObject(expected);
      expect(await canLogIn(moved)).toBe(true);
      expect(await canLogIn(ada)).toBe(false);
      expect(await eventsOf(moved)).toContain('EMAIL_CHANGED');
    });

    it('LO-5: notifies the old address, with the time and a link that takes the change back', async () => {
      await change();

      const [notice] = await mailsTo(ada.email);
      expect(notice?.subject).toBe('Your e-mail address was changed');
      expect(notice?.text).toContain(`from ${ada.email} to n***@example.org`);
      expect(notice?.text).toContain(now());
      expect(notice?.text).toContain(`${app.url}/revert-email?token=`);
    });

    it('RS-2: works once, however many requests confirm at the same time', async () => {
      await request();
      const token = await confirmToken();

      const responses = await Promise.all(Array.from({ length: 10 }, () => confirm(token)));

      expect(responses.filter(({ data }) => data?.confirmEmailChange)).toHaveLength(1);
      expect(responses.filter(({ code }) => code === 'TOKEN_INVALID')).toHaveLength(9);
      expect((await eventsOf(moved)).filter(type => type === 'EMAIL_CHANGED')).toHaveLength(1);
    });

    it('RS-1: needs the token of this purpose', async () => {
      await request();
      const [toConfirm, toRevert] = [await confirmToken(), await revertToken()];
      const toReset = await app.resetToken(ada.email);

      for (const token of [toRevert, toReset, 'A'.repeat(43), 'x'.repeat(10_000), ''])
        expect(await confirm(token)).toMatchObject({ code: 'TOKEN_INVALID' });
      for (const token of [toConfirm, toReset, 'A'.repeat(43), 'x'.repeat(10_000), ''])
        expect(await revert(token)).toMatchObject({ code: 'TOKEN_INVALID' });
      for (const token of [toConfirm, toRevert]) expect(await reset(token)).toMatchObject({ code: 'TOKEN_INVALID' });
      expect(await emailOf(laptop)).toBe(ada.email);
    });

    it.each([
      ['a second before the hour is over', -1, undefined],
      ['a second after it', 1, 'TOKEN_INVALID'],
    ])('EV-3: within an hour: %s', async (_, seconds, code) => {
      await request();
      const token = await confirmToken();

      app.clock.advance({ hours: 1, seconds });

      expect((await confirm(token)).code).toBe(code);
    });

    it('EV-2: is not triggered by opening the links', async () => {
      await request();
      const [toConfirm, toRevert] = [await confirmToken(), await revertToken()];

      for (const path of [`/${PAGE.confirm}?token=${toConfirm}`, `/${PAGE.revert}?token=${toRevert}`])
        for (const method of ['GET', 'HEAD', 'GET']) await app.browser().fetch(path, { method });

      expect(await emailOf(laptop)).toBe(ada.email);
      expect(await confirm(toConfirm)).toMatchObject({ data: { confirmEmailChange: true } });
      expect(await revert(toRevert)).toMatchObject({ data: { revertEmailChange: true } });
    });

    it('RS-6: revokes links to the old address', async () => {
      const toReset = await app.resetToken(ada.email);

      await change();

      expect(await reset(toReset)).toMatchObject({ code: 'TOKEN_INVALID' });
    });

    it('RS-6: is refused after a password reset', async () => {
      await request();
      const token = await confirmToken();
      await reset(await app.resetToken(ada.email));

      expect(await confirm(token)).toMatchObject({ code: 'TOKEN_INVALID' });
      expect(await canLogIn({ ...ada, password: newPassword })).toBe(true);
    });

    it('RS-6: is refused after a password reset also when the mail with the link was still queued', async () => {
      const toReset = await app.resetToken(ada.email);
      mailbox.down = true;
      await request();
      await app.auth.settle();
      await reset(toReset);
      mailbox.down = false;

      app.clock.advance({ seconds: 11 });

      expect(await subjectsTo(ada.email)).toContain('A change of your e-mail address was requested');
      expect(await mailsTo(moved.email)).toEqual([]);
    });

    it('RS-6: is not requested by a thief whose session a reset ended while the request was on its way', async () => {
      const toReset = await app.resetToken(ada.email);
      const headers = { cookie: `session_id=${sessionOf(laptop)}`, 'content-type': 'application/json' };
      const context = await app.auth.context({ request: new Request(app.url, { method: 'POST', headers }) });
      await reset(toReset);

      await expect(context.services.emailChange.request(moved.email)).rejects.toThrow('Please sign in first.');

      expect(await mailsTo(moved.email)).toEqual([]);
    });

    it('returns EMAIL_TAKEN when the new address was registered meanwhile, and changes nothing', async () => {
      await request();
      const token = await confirmToken();
      const other = await app.register({ ...moved, password: newPassword });

      expect(await confirm(token)).toMatchObject({ code: 'EMAIL_TAKEN' });

      expect(await emailOf(laptop)).toBe(ada.email);
      expect(await emailOf(other)).toBe(moved.email);
      expect(await eventsOf(ada)).not.toContain('EMAIL_CHANGED');
      expect(await subjectsTo(ada.email)).not.toContain('Your e-mail address was changed');
      // The token stays usable, in case the other account is deleted.
      await app.rows('delete from users where email = ?', moved.email);
      expect(await confirm(token)).toMatchObject({ data: { confirmEmailChange: true } });
    });

    it('ends with one owner when the address is registered at the same time', async () => {
      await request();
      const token = await confirmToken();

      const [confirmed, registered] = await Promise.all([
        confirm(token),
        app.browser().send(REGISTER, { ...moved, password: newPassword }),
      ]);

      expect([confirmed.code, registered.code].toSorted()).toEqual(['EMAIL_TAKEN', undefined]);
    });

    it('gives an address that two accounts want to the first that confirms', async () => {
      const bob = newPerson();
      const browser = await app.register(bob);
      await request();
      const adas = await confirmToken();
      await request(moved.email, browser);
      const bobs = await confirmToken();

      const responses = await Promise.all([confirm(adas), confirm(bobs)]);

      expect(responses.map(({ code }) => code).toSorted()).toEqual(['EMAIL_TAKEN', undefined]);
    });
  });

  describe('when it is reverted', () => {
    /** Neither the session nor the password of who requested the change works any more. */
    const isLockedOut = async (thief: Browser, password = ada.password) => {
      expect(await emailOf(thief)).toBeNull();
      for (const email of [ada.email, moved.email]) expect(await canLogIn({ ...ada, email, password })).toBe(false);
    };

    it('EV-3: cancels a pending change, and locks out who requested it', async () => {
      await request();
      const token = await confirmToken();

      expect(await revert(await revertToken())).toMatchObject({ status: 200, data: { revertEmailChange: true } });

      expect(await confirm(token)).toMatchObject({ code: 'TOKEN_INVALID' });
      await isLockedOut(laptop);
      expect(await subjectsTo(moved.email)).toEqual(['Confirm your new e-mail address']);
      await reset(await resetToken());
      expect(await emailOf(await app.login({ ...ada, password: newPassword }))).toBe(ada.email);
    });

    it.each([
      ['of the request', 0],
      ['of the change', 1],
    ])('EV-3: takes a finished change back with the link in the notice %s', async (_, link) => {
      await request();
      const ofRequest = await revertToken();
      await confirm(await confirmToken());
      const tokens = [ofRequest, await revertToken()];

      expect(await revert(tokens[link] as string)).toMatchObject({ data: { revertEmailChange: true } });

      await isLockedOut(laptop);
      await reset(await resetToken());
      expect((await (await app.login({ ...ada, password: newPassword })).send(PROFILE)).data.profile).toMatchObject({
        email: ada.email,
        emailVerified: true,
      });
      expect(await eventsOf(ada)).toContain('EMAIL_CHANGE_REVERTED');
    });

    it('EV-3: survives that the thief sets a new password at the new address, and ends that one too', async () => {
      const token = await change();
      await reset(await app.resetToken(moved.email));
      const thief = await app.login({ ...moved, password: newPassword });
      const link = await app.resetToken(moved.email);

      expect(await revert(token)).toMatchObject({ data: { revertEmailChange: true } });

      await isLockedOut(thief, newPassword);
      expect(await reset(link)).toMatchObject({ code: 'TOKEN_INVALID' });
    });

    it('LO-5: tells both mailboxes, the old one with a link to set a new password', async () => {
      await revert(await change());

      const [[old], [lost]] = [await mailsTo(ada.email), await mailsTo(moved.email)];
      expect(old?.subject).toBe('Your account keeps its e-mail address');
      expect(old?.text).toContain(`${app.url}/reset-password?token=`);
      expect(old?.text).toContain(now());
      expect(old?.text).not.toContain(moved.email);
      expect(lost?.subject).toBe('Your account no longer has this e-mail address');
      expect(lost?.text).not.toContain('token=');
      expect(lost?.text).not.toContain(` ${ada.email}`);
    });

    it.each([
      ['a second before the 72 hours are over', -1, undefined],
      ['a second after them', 1, 'TOKEN_INVALID'],
    ])('EV-3: within 72 hours of the change: %s', async (_, seconds, code) => {
      await request();
      const [toConfirm, ofRequest] = [await confirmToken(), await revertToken()];
      app.clock.advance({ minutes: 30 });
      await confirm(toConfirm);
      const ofChange = await revertToken();

      app.clock.advance({ hours: 72, seconds });

      for (const token of seconds < 0 ? [ofChange] : [ofRequest, ofChange])
        expect((await revert(token)).code).toBe(code);
    });

    it('RS-2: happens once, whichever links are used at the same time', async () => {
      await request();
      const [toConfirm, ofRequest] = [await confirmToken(), await revertToken()];
      await confirm(toConfirm);
      const ofChange = await revertToken();

      const responses = await Promise.all([ofRequest, ofChange, ofRequest, ofChange].map(revert));

      expect(responses.map(({ code }) => code).toSorted()).toEqual([...Array(3).fill('TOKEN_INVALID'), undefined]);
      expect(await revert(ofChange)).toMatchObject({ code: 'TOKEN_INVALID' });
    });

    it('EV-3: while it is being confirmed ends at the old address', async () => {
      await request();
      const [toConfirm, toRevert] = [await confirmToken(), await revertToken()];

      const [, reverted] = await Promise.all([confirm(toConfirm), revert(toRevert)]);

      expect(reverted).toMatchObject({ data: { revertEmailChange: true } });
      expect(await confirm(toConfirm)).toMatchObject({ code: 'TOKEN_INVALID' });
      await isLockedOut(laptop);
      expect(await eventsOf(ada)).toContain('EMAIL_CHANGE_REVERTED');
    });

    it('works with the link of a request that was replaced', async () => {
      await request(`typo.${ada.email}`);
      const ofFirst = await revertToken();
      await change();

      expect(await revert(ofFirst)).toMatchObject({ data: { revertEmailChange: true } });

      await isLockedOut(laptop);
      expect(await eventsOf(ada)).toContain('EMAIL_CHANGE_REVERTED');
    });

    it("EV-3: ends later changes too: a thief's links to the addresses in between no longer work", async () => {
      const last = `last.${ada.email}`;
      const ownersLink = await change();
      const thiefsLink = await change(last, laptop, moved.email);
      await request(`another.${ada.email}`);
      const pending = await confirmToken(`another.${ada.email}`);

      expect(await revert(ownersLink)).toMatchObject({ data: { revertEmailChange: true } });

      expect(await revert(thiefsLink)).toMatchObject({ code: 'TOKEN_INVALID' });
      expect(await confirm(pending)).toMatchObject({ code: 'TOKEN_INVALID' });
      await reset(await resetToken());
      expect(await emailOf(await app.login({ ...ada, password: newPassword }))).toBe(ada.email);
    });

    it('leaves earlier changes as they are, and their links valid', async () => {
      const first = await change();
      const second = await change(`last.${ada.email}`, laptop, moved.email);

      await revert(second);
      await reset(await resetToken(moved.email));
      expect(await emailOf(await app.login({ ...moved, password: newPassword }))).toBe(moved.email);

      expect(await revert(first)).toMatchObject({ data: { revertEmailChange: true } });
      expect(await canLogIn({ ...moved, password: newPassword })).toBe(false);
    });

    it('EV-3: finds the old address free: it is reserved while the change can be taken back', async () => {
      const register = () => app.browser().send(REGISTER, { ...ada, password: newPassword });
      const bob = newPerson();
      const token = await change();

      expect(await register()).toMatchObject({ code: 'EMAIL_TAKEN' });
      for (const create of [
        () => app.auth.work(({ auth }) => auth.createAccount(ada)),
        () => app.auth.work(({ admin }) => admin.createUser({ email: ada.email })),
      ])
        await expect(create()).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
      await request(ada.email, await app.register(bob));
      expect((await mailsTo(ada.email)).filter(({ text }) => text.includes('/confirm-email?'))).toEqual([]);

      expect(await revert(token)).toMatchObject({ data: { revertEmailChange: true } });
    });

    it('EV-3: finds the old address free also when somebody registers it the moment it is given up', async () => {
      await request();
      const toConfirm = await confirmToken();
      const register = () => app.browser().send(REGISTER, { ...ada, password: newPassword });

      const [confirmed, ...registered] = await Promise.all([confirm(toConfirm), register(), register(), register()]);

      expect(confirmed.errors).toBeUndefined();
      expect(registered.map(({ code }) => code)).toEqual(Array(3).fill('EMAIL_TAKEN'));
      expect(await revert(await revertToken())).toMatchObject({ data: { revertEmailChange: true } });
    });

    it('does not reserve the old address from its own account, nor after the 72 hours', async () => {
      await change();
      await change(ada.email, laptop, moved.email);
      expect(await emailOf(laptop)).toBe(ada.email);
      await change(`last.${ada.email}`);

      app.clock.advance({ hours: 72, seconds: 1 });

      expect(await emailOf(await app.register(ada))).toBe(ada.email);
    });

    it('is refused while the account is disabled, and when it is deleted', async () => {
      const token = await change();
      await app.rows('update users set disabled = true where email = ?', moved.email);
      expect(await revert(token)).toMatchObject({ code: 'TOKEN_INVALID' });

      await app.rows('delete from users where email = ?', moved.email);

      expect(await revert(token)).toMatchObject({ code: 'TOKEN_INVALID' });
      expect(await app.rows('select * from email_changes where old_email = ?', ada.email)).toEqual([]);
      expect(await emailOf(await app.register(ada))).toBe(ada.email);
    });

    it('EV-3: does not let a thief with the old mailbox in after the 72 hours', async () => {
      const token = await change();
      app.clock.advance({ hours: 73 });

      expect(await revert(token)).toMatchObject({ code: 'TOKEN_INVALID' });
      const before = (await mailsTo(ada.email)).length;
      await app.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
      expect(await mailsTo(ada.email)).toHaveLength(before);
      expect(await canLogIn(moved)).toBe(true);
    });
  });
});

describe('mails of a change of the e-mail address', () => {
  let app: TestApp;
  let ada: Person;
  beforeEach(async () => {
    app = await startApp();
    ada = newPerson();
  });
  afterEach(() => app.close());

  it('RL-8: go to one new address once in five minutes, and the response does not show it', async () => {
    const laptop = await app.register(ada);

    const responses = [];
    for (let time = 0; time < 3; time++)
      responses.push(visible(await laptop.send(REQUEST, { newEmail: 'a@example.org' })));

    expect(new Set(responses).size).toBe(1);
    expect((await app.mails()).filter(({ to }) => to === 'a@example.org')).toHaveLength(1);
  });

  it('RL-8: go out for five requests of an account in an hour', async () => {
    const laptop = await app.register(ada);

    for (let index = 0; index < 7; index++) await laptop.send(REQUEST, { newEmail: `new${index}@example.org` });

    const noticesTo = async ({ email }: Person) => (await app.mails()).filter(({ to }) => to === email);
    expect(await noticesTo(ada)).toHaveLength(5);
    app.clock.advance({ hours: 1 });
    await (await app.login(ada)).send(REQUEST, { newEmail: 'new7@example.org' });
    expect(await noticesTo(ada)).toHaveLength(6);
  });
});
