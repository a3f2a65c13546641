import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ada, bob, startApp, type TestApp } from '../../support/app.ts';
import { Folder } from '../../support/folder.ts';
import { launchChromium } from '../chromium.ts';

describe('the hooks of the client kit in a browser', () => {
  let app: TestApp;
  let chromium: Browser;
  let context: BrowserContext;
  let script: string;
  let complaints: string[];
  beforeAll(async () => {
    script = await bundle();
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register(ada);
    await app.register({ ...bob, password: ada.password, name: 'Bob' });
    chromium = await launchChromium();
  });
  beforeEach(async () => {
    complaints = [];
    context = await chromium.newContext();
    await context.route('**/app.js', route => route.fulfill({ contentType: 'text/javascript', body: script }));
    const html = '<!doctype html><title>App</title><div id="root"></div><script type="module" src="/app.js"></script>';
    await context.route('**/app', route => route.fulfill({ contentType: 'text/html', body: html }));
  });
  afterEach(() => context.close());
  afterAll(async () => {
    await chromium.close();
    await app.close();
  });

  async function open(): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('console', message => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(`${app.url}/app`);
    return page;
  }

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const shows = (page: Page, id: string, text: string) =>
    page.locator(`#${id}`).getByText(text, { exact: true }).waitFor();
  const seen = (page: Page): Promise<string[]> => page.evaluate('globalThis.seen');
  const cached = (page: Page): Promise<string> => page.evaluate('JSON.stringify(globalThis.client.extract())');
  const signIn = async (page: Page, name = 'Ada') => {
    await press(page, `Sign in as ${name}`);
    await shows(page, 'profile', name);
  };

  it('sign in, show the profile, and sign out, without a warning', async () => {
    const page = await open();
    await shows(page, 'profile', 'visitor');
    await shows(page, 'sessions', 'UNAUTHENTICATED');
    await shows(page, 'skipped', 'skipped');

    await signIn(page);
    await shows(page, 'outcome', 'SignedIn');
    await shows(page, 'login', 'no error');
    await press(page, 'Sign out');
    await shows(page, 'profile', 'visitor');

    expect(await seen(page)).toEqual(['unknown', 'visitor', 'unknown', ada.email, 'unknown', 'visitor']);
    expect(complaints).toEqual([]);
  });

  it('send a double submit once, and hand its outcome to both', async () => {
    const page = await open();
    let logins = 0;
    page.on('request', request => {
      if (request.postData()?.includes('mutation Login')) logins += 1;
    });
    await press(page, 'Sign in twice');
    await shows(page, 'outcome', 'SignedIn');
    await shows(page, 'profile', 'Ada');

    expect(logins).toBe(1);
  });

  it('show an error, which the next attempt and reset() take away', async () => {
    const page = await open();
    await press(page, 'Sign in wrongly');
    await shows(page, 'login', 'The e-mail address or the password is wrong.');
    await shows(page, 'outcome', 'INVALID_CREDENTIALS');
    await press(page, 'Forget the error');
    await shows(page, 'login', 'no error');

    await press(page, 'Sign in wrongly');
    await shows(page, 'login', 'The e-mail address or the password is wrong.');
    await signIn(page);
    await shows(page, 'login', 'no error');
  });

  it('report a lost connection, and work again when it is back', async () => {
    const page = await open();
    await shows(page, 'profile', 'visitor');
    await context.setOffline(true);
    await press(page, 'Sign in as Ada');
    await shows(page, 'outcome', 'NETWORK_ERROR');

    await context.setOffline(false);
    await signIn(page);
  });

  it('follow another tab, and keep nothing of the former user', async () => {
    const [page, other] = [await open(), await open()];
    await signIn(page);
    await shows(other, 'profile', 'Ada');
    expect(await cached(other)).toContain(ada.email);

    await signIn(page, 'Bob');
    await shows(other, 'profile', 'Bob');
    await press(other, 'Sign out');
    await shows(page, 'profile', 'visitor');

    for (const tab of [page, other]) {
      expect(await cached(tab)).not.toMatch(/ada@|bob@|AccountEvent:|Session:/);
      expect((await seen(tab)).slice(-6)).toEqual(['unknown', ada.email, 'unknown', bob.email, 'unknown', 'visitor']);
    }
    expect(complaints).toEqual([]);
  });

  it('fetch everything again on a page that comes from the back/forward cache', async () => {
    const page = await open();
    await signIn(page);
    await context.clearCookies();
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))");
    expect(await cached(page)).toContain(ada.email);

    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await shows(page, 'profile', 'visitor');
    expect(await cached(page)).not.toContain(ada.email);
  });

  it('append further pages of a list', async () => {
    const page = await open();
    for (let sessions = 0; sessions < 3; sessions++) await app.login({ ...bob, password: ada.password });
    await signIn(page, 'Bob');
    await shows(page, 'events', '2 of 2 and more');
    await page.getByRole('button', { name: 'More events' }).dblclick();
    await shows(page, 'events', '4 of 4 and more');
  });

  it('send the same mutation for different arguments at the same time', async () => {
    const page = await open();
    await signIn(page);
    await (await app.login(ada)).send('mutation { revokeOtherSessions }');
    await app.login(ada);
    await signIn(page);
    await shows(page, 'sessions', '3');
    await press(page, 'End others');
    await shows(page, 'sessions', '1');
  });
});

/** Builds the app in a process of its own: Vite's native part does not work with the globals of a test. */
async function bundle(): Promise<string> {
  const folder = new Folder();
  const config = 'test/browser/client/vite.config.ts';
  const args = [
    'node_modules/vite/bin/vite.js',
    'build',
    '--mode',
    'development',
    '--config',
    config,
    '--outDir',
    folder.path,
  ];
  await promisify(execFile)(process.execPath, args);
  const script = await readFile(join(folder.path, 'app.js'), 'utf8');
  folder.remove();
  return script;
}
