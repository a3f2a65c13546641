import { once } from 'node:events';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ada, bob, newPerson, startApp, type TestApp } from '../support/app.ts';
import { Example } from '../support/example.ts';
import { freePort } from '../support/folder.ts';
import { launchChromium } from './chromium.ts';

const VITE = resolve('node_modules/vite/bin/vite.js');
const SERVICE = 'http://localhost:4000';
const SINGLE_PAGE = 'http://localhost:5173';
const SERVER_RENDERED = 'http://localhost:3000';

describe('the examples in a browser', () => {
  let app: TestApp;
  let chromium: Browser;
  let context: BrowserContext;
  let ports: Record<number, number>;
  let spa: Example;
  let serverRendered: Example;
  const problems: string[] = [];

  beforeAll(async () => {
    spa = new Example('spa');
    serverRendered = new Example('server-rendered');
    app = await startApp({
      env: {
        PUBLIC_URL: SERVICE,
        BIENVENUE_ALLOWED_ORIGINS: `${SINGLE_PAGE},${SERVER_RENDERED}`,
        BIENVENUE_TRUSTED_PROXIES: '127.0.0.1,::1',
      },
    });
    ports = { 4000: app.options.port, 5173: await startSinglePage(), 3000: await startServerRendered() };
    // The browser uses the addresses of the READMEs, on ports that are free.
    const rules = Object.entries(ports).map(([port, actual]) => `MAP localhost:${port} 127.0.0.1:${actual}`);
    chromium = await launchChromium([`--host-resolver-rules=${rules.join(',')}`]);
  });
  afterAll(async () => {
    await chromium?.close();
    await spa.close();
    await serverRendered.close();
    await app.close();
  });
  afterEach(() => context?.close());

  async function startSinglePage(): Promise<number> {
    return Number(await spa.start([VITE, '--host', '127.0.0.1', '--port', '0'], /http:\/\/127\.0\.0\.1:(\d+)/));
  }

  async function startServerRendered(): Promise<number> {
    const built = await serverRendered.run([VITE, 'build', '--ssr', 'src/server.ts']);
    if (built.code !== 0) throw new Error(built.stderr);
    const port = await freePort();
    const env = { PORT: String(port), APP_URL: SERVER_RENDERED, AUTH_URL: `${app.url}/graphql` };
    await serverRendered.start([join(serverRendered.path, 'dist/server.js')], /(Open)/, env);
    return port;
  }

  it('single-page app: an account on another origin, from registration to the next person, in two tabs', async () => {
    context = await chromium.newContext();
    const page = await open(SINGLE_PAGE);

    await page.getByRole('button', { name: 'I have no account yet' }).click();
    await submit(page, 'Create account', { ...ada, email: 'ada', password: 'short' });
    await page.getByText(/at least 8 characters/).waitFor();
    expect(await errorOf(page, 'Email address')).toMatch(/e-mail address/);
    expect(await errorOf(page, 'Password')).toMatch(/at least 8 characters/);
    expect(await page.getByLabel('Password').inputValue()).toBe('short');

    await submit(page, 'Create account', ada);
    await page.getByRole('heading', { name: 'Welcome, Ada' }).waitFor();
    // Another port of the same host is the same site: the cookie is sent although it is SameSite=Lax.
    expect(await context.cookies()).toMatchObject([{ name: 'session_id', sameSite: 'Lax', httpOnly: true }, {}]);
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome, Ada' }).waitFor();

    const otherTab = await open(SINGLE_PAGE);
    await otherTab.getByRole('heading', { name: 'Welcome, Ada' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    for (const tab of [page, otherTab]) {
      await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(await tab.evaluate(everythingKept)).not.toMatch(/Ada|ada@/);
    }

    await submit(page, 'Sign in', { ...ada, password: 'not the password' });
    await page.getByText(/wrong/).waitFor();
    await app.register(bob);
    await submit(page, 'Sign in', bob);
    for (const tab of [page, otherTab]) await tab.getByText('You are signed in as bob@example.org.').waitFor();
    expect(problems).toEqual([]);
  });

  it('server-rendered app: forms without JavaScript', async () => {
    context = await chromium.newContext({ javaScriptEnabled: false });
    const page = await open(SERVER_RENDERED);
    const eve = { email: 'eve@example.org', password: 'correct horse battery staple', name: 'Eve' };

    await page.getByRole('link', { name: 'I have no account yet' }).click();
    await submit(page, 'Create account', { ...eve, password: 'short' });
    expect(await errorOf(page, 'Password')).toMatch(/at least 8 characters/);
    expect(await page.getByLabel('Email address').inputValue()).toBe(eve.email);
    await submit(page, 'Create account', eve);
    expect(await page.getByRole('heading').textContent()).toBe('Welcome, Eve');
    expect(await context.cookies()).toMatchObject([{ name: 'session_id', sameSite: 'Lax', httpOnly: true }, {}]);

    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(page.url()).toBe(`${SERVER_RENDERED}/sign-in`);
    // Going back during a navigation fails.
    await page.waitForLoadState();
    await page.goBack();
    expect(await page.content()).not.toContain(eve.email);
    await page.goto(`${SERVER_RENDERED}/register`);
    await submit(page, 'Create account', eve);
    expect(await errorOf(page, 'Email address')).toMatch(/already/);
    await page.getByRole('link', { name: 'I have an account' }).click();
    await submit(page, 'Sign in', { ...eve, password: 'not the password' });
    expect(await page.getByRole('alert').textContent()).toMatch(/wrong/);
    await submit(page, 'Sign in', eve);
    expect(await page.getByText('You are signed in as').textContent()).toContain(eve.email);
  });

  it('server-rendered app: the service limits and records by the address of the visitor', async () => {
    const form = new URLSearchParams({ ...newPerson() }).toString();
    // What a visitor claims does not count.
    const headers = { origin: SERVER_RENDERED, 'content-length': form.length, 'x-forwarded-for': '203.0.113.7' };
    const options = { method: 'POST', localAddress: '127.0.0.2', headers };
    const [response] = await once(request(`http://127.0.0.1:${ports[3000]}/register`, options).end(form), 'response');

    expect(response.statusCode).toBe(303);
    expect(response.headers['set-cookie']).toEqual([expect.stringMatching(/^session_id=/), expect.any(String)]);
    const sessions = await app.rows('SELECT ip_address FROM sessions');
    expect(sessions).toContainEqual({ ip_address: '127.0.0.2' });
  });

  it('server-rendered app: a page of another origin cannot post its forms', async () => {
    context = await chromium.newContext();
    const page = await open(SERVER_RENDERED);
    await page.goto(`${SERVER_RENDERED}/register`);
    const mallory = { email: 'mallory@example.org', password: 'correct horse battery staple', name: 'Mal' };
    await submit(page, 'Create account', mallory);

    const hostile = `<form method="post" action="${SERVER_RENDERED}/sign-out"><button>Sign out</button></form>`;
    await context.route('http://localhost:6661/', route => route.fulfill({ contentType: 'text/html', body: hostile }));
    await page.goto('http://localhost:6661/');
    const response = page.waitForResponse(`${SERVER_RENDERED}/sign-out`);
    await page.getByRole('button').click();

    expect((await response).status()).toBe(403);
    await page.goto(SERVER_RENDERED);
    expect(await page.getByRole('heading').textContent()).toBe('Welcome, Mal');
  });

  async function open(url: string): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', error => problems.push(String(error)));
    page.on('console', message => message.type() === 'error' && problems.push(message.text()));
    await page.goto(url);
    return page;
  }
});

/** Fills in the fields that the form has, and submits it. */
async function submit(page: Page, button: string, person: { email: string; password: string; name?: string }) {
  if (button === 'Create account') await page.getByLabel('Name').fill(person.name ?? '');
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: button }).click();
}

/** The text that describes a field. */
async function errorOf(page: Page, label: string): Promise<string | null> {
  const description = await page.getByLabel(label).getAttribute('aria-describedby');
  return page.locator(`#${description}`).textContent();
}

interface PageGlobals {
  document: { documentElement: { outerHTML: string } };
  __APOLLO_CLIENT__: { extract(): unknown };
}

/** Everything that the page shows or stores, and the cache of Apollo Client. */
const everythingKept = () => {
  const { document, __APOLLO_CLIENT__: client } = globalThis as unknown as PageGlobals;
  const stored = [{ ...localStorage }, { ...sessionStorage }, client.extract()];
  return document.documentElement.outerHTML + JSON.stringify(stored);
};
