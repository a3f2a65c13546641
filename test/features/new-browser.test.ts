import { browserName } from '../../src/auth/browser-name.ts';
import { LOGIN, newPerson, type Person, REGISTER, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';
import type { Browser } from '../support/browser.ts';
import { BEHIND_PROXY } from '../support/guesses.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const HOME = '192.0.2.1';
const ABROAD = '203.0.113.7';
const NEW_BROWSER = 'New sign-in to your account';
const AFTER_FAILURES = 'Sign-in after many failed attempts';

describe('a sign-in from a browser that the account has not used before', () => {
  let app: TestApp;
  let ada: Person;
  let laptop: Browser;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
    ada = newPerson();
    laptop = browser({});
    await laptop.send(REGISTER, { ...ada });
  });
  afterEach(() => app.close());

  const browser = ({ userAgent = FIREFOX, at = HOME, language = 'en', cookies = {} }) =>
    app.browser({ headers: { 'user-agent': userAgent, 'x-forwarded-for': at, 'accept-language': language }, cookies });
  const login = async (from: Browser, { email, password } = ada) => {
    const { data, code } = await from.send(LOGIN, { email, password });
    return code ?? data.login.__typename;
  };
  const notices = async (person = ada) => (await app.mails()).filter(({ to }) => to === person.email);
  const subjects = async () => (await notices()).map(({ subject }) => subject);

  it('LO-5: is notified with time, browser, address and a link to change the password', async () => {
    expect(await login(browser({ userAgent: SAFARI, at: ABROAD }))).toBe('SignedIn');

    const [mail, ...others] = await notices();
    expect(others).toEqual([]);
    expect(mail?.subject).toBe(NEW_BROWSER);
    expect(mail?.text).toContain(
      'Time: January 15, 2026 at 12:00:00 PM UTC\nBrowser: Safari (iPhone)\nIP address: 203.0.113.7\n',
    );
    expect(mail?.text).toContain(`\n\nOpen your account\n${app.options.appUrl}\n\n`);
    expect(mail?.text).not.toMatch(/token|Mozilla/);
  });

  it.each([
    ['fr', 'Nouvelle connexion à votre compte', 'Adresse IP\u00a0: 203.0.113.7'],
    ['de', 'Neue Anmeldung bei Ihrem Konto', 'IP-Adresse: 203.0.113.7'],
  ])('LO-5: is notified in the language of the account: %s', async (language, subject, address) => {
    const bob = newPerson();
    await browser({ language }).send(REGISTER, { ...bob });

    await login(browser({ at: ABROAD }), bob);

    const [mail] = await notices(bob);
    expect(mail?.subject).toBe(subject);
    expect(mail?.text).toContain(address);
  });

  it.each([
    ['another browser at the same address', { userAgent: SAFARI }],
    ['the same browser at another address', { at: ABROAD }],
  ])('LO-5: is notified from %s', async (_, from) => {
    await login(browser(from));

    expect(await subjects()).toEqual([NEW_BROWSER]);
  });

  it('LO-5: is not notified when the account registers, nor from a browser with the address of an earlier sign-in', async () => {
    expect(await subjects()).toEqual([]);

    await login(browser({}));
    await login(laptop);

    expect(await subjects()).toEqual([]);
  });

  it('LO-5: is not notified from a browser with the cookie of an earlier sign-in, wherever it is', async () => {
    await login(browser({ userAgent: SAFARI, at: ABROAD, cookies: laptop.cookies }));

    expect(await subjects()).toEqual([]);
  });

  it('LO-5: is notified from a browser in which only other accounts have signed in', async () => {
    const other = browser({ at: ABROAD });
    await other.send(REGISTER, { ...newPerson() });

    await login(other);

    expect(await subjects()).toEqual([NEW_BROWSER]);
  });

  it('LO-5: is notified once per browser, and once an hour per account', async () => {
    await login(browser({ at: ABROAD }));
    await login(browser({ at: ABROAD }));
    await login(browser({ at: '203.0.113.8' }));
    expect(await subjects()).toEqual([NEW_BROWSER]);

    app.clock.advance({ hours: 1 });
    await login(browser({ at: '203.0.113.8' }));
    expect(await subjects()).toEqual([NEW_BROWSER]);
    await login(browser({ at: '203.0.113.9' }));
    expect(await subjects()).toEqual([NEW_BROWSER, NEW_BROWSER]);
  });

  it('LO-5: is notified when the earlier sign-ins are older than events are kept', async () => {
    app.clock.advance({ days: 90, seconds: -1 });
    await login(browser({}));
    expect(await subjects()).toEqual([]);

    app.clock.advance({ days: 90 });
    await login(browser({}));
    expect(await subjects()).toEqual([NEW_BROWSER]);
  });

  it('LO-5: is not notified when it fails', async () => {
    expect(await login(browser({ at: ABROAD }), { ...ada, password: 'wrong zebra capacitor' })).toBe(
      'INVALID_CREDENTIALS',
    );

    expect(await subjects()).toEqual([]);
  });

  it('LO-5: is notified after a reset only from a browser that is new', async () => {
    const token = await app.resetToken(ada.email);
    await browser({ at: ABROAD }).send(RESET_PASSWORD, { token, newPassword: 'a password that is new' });
    const renewed = { ...ada, password: 'a password that is new' };

    await login(laptop, renewed);
    expect((await subjects())[0]).toBe('Your password was changed');
    await login(browser({ at: ABROAD }), renewed);
    expect((await subjects())[0]).toBe(NEW_BROWSER);
  });

  it('LO-5: is not notified when a host program signs in', async () => {
    await app.auth.work(({ auth }) => auth.login(ada));

    expect(await subjects()).toEqual([]);
  });

  it('IN-4: is notified without links that the browser has chosen', async () => {
    await login(browser({ userAgent: 'see https://evil.test/<b>now</b> or www.evil.test', at: ABROAD }));

    const [mail] = await notices();
    expect(mail?.text).toContain('Browser: see https evil test/ b now /b or www evi\n');
    expect(mail?.html).not.toMatch(/<b>|evil\.test/);
  });

  it('LO-5: is notified after many failures, also in a known browser', async () => {
    for (let index = 0; index < 10; index++)
      await login(browser({ at: `198.51.100.${index}` }), { ...ada, password: 'wrong zebra capacitor' });

    expect(await login(laptop)).toBe('SignedIn');

    expect(await subjects()).toEqual([AFTER_FAILURES]);
    expect((await notices())[0]?.text).toContain('Browser: Firefox (Windows)\nIP address: 192.0.2.1\n');
    app.clock.advance({ hours: 1 });
    await login(laptop);
    expect(await subjects()).toEqual([AFTER_FAILURES]);
  });

  it('LO-5: is not notified in a known browser after a few failures', async () => {
    for (let index = 0; index < 9; index++)
      await login(browser({ at: `198.51.100.${index}` }), { ...ada, password: 'wrong zebra capacitor' });

    await login(laptop);

    expect(await subjects()).toEqual([]);
  });
});

describe('the name of a browser', () => {
  it.each([
    [FIREFOX, 'Firefox (Windows)'],
    [SAFARI, 'Safari (iPhone)'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge (Windows)',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari (macOS)',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'Samsung Internet (Android)',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Chrome (Linux)',
    ],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0',
      'Opera (ChromeOS)',
    ],
    ['Firefox/1', 'Firefox'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['okhttp/4.12.0', 'okhttp/4.12.0'],
    ['x'.repeat(300), 'x'.repeat(40)],
    ['a\r\n\u202eb', 'a b'],
    ['\u0000', '–'],
    ['', '–'],
    [null, '–'],
  ])('%s is shown as %s', (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });
});
