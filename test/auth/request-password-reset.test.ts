import {
  LOGIN,
  newPerson,
  type Person,
  PROFILE,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';
import { cookiesSetBy } from '../support/browser.ts';
import { post, request } from '../support/raw.ts';

const newPassword = 'a password that is new';

describe('requestPasswordReset', () => {
  let app: TestApp;
  let ada: Person;
  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    ada = newPerson();
    await app.register(ada);
    await app.auth.settle();
    app.auth.devMailbox?.mails.splice(0);
  });
  // Long enough for every rate limit to reset.
  afterEach(() => app.clock.advance({ hours: 1 }));
  afterAll(() => app.close());

  const requestReset = (email: string) => app.browser().send(REQUEST_PASSWORD_RESET, { email });
  const linkIn = (mail: { text: string } | undefined) => /^https?:\S+$/m.exec(mail?.text ?? '')?.[0];

  it('mails a link to the stored address, in whatever case it is requested', async () => {
    const grace = { ...newPerson(), email: 'Grace.Hopper@Example.ORG' };
    await app.register(grace);

    expect(await requestReset('GRACE.hopper@example.org')).toMatchObject({ data: { requestPasswordReset: true } });

    const mails = await app.mails();
    expect(mails).toMatchObject([{ to: 'Grace.Hopper@example.org' }]);
    expect(linkIn(mails[0])).toMatch(new RegExp(`^${app.url}/reset-password\\?token=[A-Za-z0-9_-]{43}$`));
  });

  it('returns true for an unknown address, and sends no mail', async () => {
    expect(await requestReset('nobody@example.org')).toMatchObject({
      status: 200,
      data: { requestPasswordReset: true },
    });

    expect(await app.mails()).toEqual([]);
  });

  it.each([
    '',
    'ada',
    'ada@',
    'ada@example.org, bob@example.org',
    'Ada <ada@example.org>',
    'ada@example.org\nBcc: x@y.z',
  ])('refuses an invalid address and sends no mail: %j', async email => {
    const response = await requestReset(email);

    expect(response).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'email', rule: 'INVALID' }] });
    expect(await app.rows('select * from outbox')).toEqual([]);
    expect(await app.mails()).toEqual([]);
  });

  it('starts and ends no session, and changes no password', async () => {
    const browser = await app.login(ada);

    const response = await browser.send(REQUEST_PASSWORD_RESET, { email: ada.email });
    await app.mails();

    expect(cookiesSetBy(response)).toEqual([]);
    expect((await browser.send(PROFILE)).data.profile).toMatchObject({ email: ada.email });
    expect((await app.browser().send(LOGIN, { ...ada })).errors).toBeUndefined();
  });

  it('RS-5: links to the page under APP_URL', async () => {
    const shop = await startApp({ env: { APP_URL: 'https://shop.example.org/account' } });
    await shop.register(ada);
    await shop.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });

    const [mail] = await shop.mails();
    await shop.close();

    expect(linkIn(mail)).toMatch(/^https:\/\/shop\.example\.org\/account\/reset-password\?token=[A-Za-z0-9_-]{43}$/);
  });

  it.each([
    ['Host', { host: 'evil.test' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', 'x-forwarded-port': '444' }],
    ['Forwarded', { forwarded: 'for=192.0.2.1;host=evil.test;proto=https' }],
    ['X-Original-URL', { 'x-original-url': 'http://evil.test/', 'x-rewrite-url': 'http://evil.test/' }],
    ['Referer', { referer: 'https://evil.test/' }],
    ['X-Forwarded-Prefix', { 'x-forwarded-prefix': '//evil.test', 'x-forwarded-server': 'evil.test' }],
  ])('RS-5: does not build the link from the header %s', async (_, headers) => {
    const { json } = await post(app.url, REQUEST_PASSWORD_RESET, { variables: { email: ada.email }, headers });

    expect(json).toEqual({ data: { requestPasswordReset: true } });
    const [mail] = await app.mails();
    expect(linkIn(mail)).toMatch(new RegExp(`^${app.url}/reset-password\\?token=`));
    expect(JSON.stringify(mail)).not.toMatch(/evil/);
  });

  it('RS-5: ignores an absolute request target when it builds the link', async () => {
    const { json } = await request(app.url, {
      method: 'POST',
      path: 'http://evil.test/graphql',
      headers: { host: 'evil.test', 'content-type': 'application/json' },
      body: JSON.stringify({ query: REQUEST_PASSWORD_RESET, variables: { email: ada.email } }),
    });

    expect(json).toEqual({ data: { requestPasswordReset: true } });
    expect(linkIn((await app.mails())[0])).toMatch(new RegExp(`^${app.url}/reset-password\\?token=`));
  });

  describe('repeated', () => {
    const newest = async () => tokenIn((await app.mails())[0]);
    /** Requests as many mails as the rate limits allow, and returns their tokens, oldest first. */
    const requestResets = async (times: number) => {
      const tokens: string[] = [];
      for (let time = 0; time < times; time++) {
        await requestReset(ada.email);
        tokens.push(await newest());
        app.clock.advance({ minutes: 5, seconds: 1 });
      }
      return tokens;
    };
    const reset = (token: string) => app.browser().send(RESET_PASSWORD, { token, newPassword });

    it.each([0, 1, 2])('RS-6: link %i of three works, and using it revokes the others', async used => {
      const tokens = await requestResets(3);

      expect((await reset(tokens[used] as string)).data).toEqual({ resetPassword: true });

      for (const token of tokens) expect(await reset(token)).toMatchObject({ code: 'TOKEN_INVALID' });
    });

    it('RS-6: keeps the three newest links valid', async () => {
      const [oldest, ...others] = await requestResets(4);

      expect(await reset(oldest as string)).toMatchObject({ code: 'TOKEN_INVALID' });
      expect((await reset(others[0] as string)).data).toEqual({ resetPassword: true });
    });

    it('RS-6: does not affect links of another user', async () => {
      const bob = newPerson();
      await app.register(bob);
      const token = await app.resetToken(bob.email);
      await reset((await requestResets(1))[0] as string);

      expect((await reset(token)).data).toEqual({ resetPassword: true });
    });
  });
});
