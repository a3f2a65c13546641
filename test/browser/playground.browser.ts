import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { ada, bob, LOGIN, newPerson, startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { launchChromium } from './chromium.ts';
import { screenshot } from './screenshot.ts';

describe('the playground in a browser', () => {
  let app: TestApp;
  let chromium: Browser;
  beforeAll(async () => {
    app = await startApp();
    chromium = await launchChromium();
  });
  afterEach(async () => {
    for (const context of chromium.contexts()) await context.close();
  });
  afterAll(async () => {
    await chromium.close();
    await app.close();
  });

  it('runs queries and mutations, stays signed in by cookie, and logs no errors or warnings', async () => {
    const page = await open(`${app.url}/graphql`);

    expect(await execute(page, REGISTER_AND_SHOW)).toContain('"email":"ada@example.org"');
    await screenshot(page, 'registered');
    expect(await execute(page, '{ profile { email name } }')).toContain('"name":"Ada"');
    await screenshot(page, 'profile');
    expect(await execute(page, 'mutation { logout }')).toContain('"logout":true');
    expect(await execute(page, '{ profile { email } }')).toContain('"profile":null');
    expect(consoleMessages).toEqual([]);
  });

  it('has a tab for each operation, which runs with its variables', async () => {
    const page = await open(`${app.url}/graphql`);

    expect(await tabTitles(page, OPERATIONS.length)).toEqual(OPERATIONS);
    await page.waitForFunction(hasStoredTabs, OPERATIONS.length);
    expect(await page.evaluate(storedTabs)).toEqual(TABS);
    // test/operations.test.ts runs all of them without a browser.
    for (const name of FIRST_OF_GROUPS) {
      const { status, text } = await runTab(page, name);
      expect([name, status]).toEqual([name, 200]);
      expect(text).not.toMatch(/GRAPHQL_|BAD_USER_INPUT|INTERNAL_SERVER_ERROR/);
    }
    expect(consoleMessages).toEqual([]);
  });

  it('opens with the documentation, which stays closed once it was closed', async () => {
    const page = await open(`${app.url}/graphql`);

    await page.getByRole('region', { name: 'Documentation Explorer' }).waitFor();
    // Until it has stored the tabs, the playground may still open the documentation.
    await page.waitForFunction(hasStoredTabs, OPERATIONS.length);
    await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).waitFor();
    expect(await page.getByRole('region', { name: 'Documentation Explorer' }).count()).toBe(0);
  });

  it('lists the operations and opens their tabs, closed ones again', async () => {
    const page = await open(`${app.url}/graphql`);
    await page.getByRole('button', { name: 'Show Operations' }).click();
    const list = page.getByRole('navigation', { name: 'Operations' });

    await list.getByRole('button', { name: 'AdminEvents' }).click();
    expect(await activeTab(page)).toBe('AdminEvents');
    await page.getByRole('tab', { selected: true }).getByRole('button', { name: 'Close Tab' }).click();
    expect(await tabTitles(page, OPERATIONS.length - 1)).not.toContain('AdminEvents');
    await list.getByRole('button', { name: 'AdminEvents' }).click();
    await page.getByTitle('AdminEvents', { exact: true }).waitFor();
    const { text } = await runTab(page, 'AdminEvents');
    expect(text).toContain('UNAUTHENTICATED');
  });

  it('keeps tabs as they were left, and adds operations that an upgrade brings', async () => {
    const page = await open(`${app.url}/graphql`);
    await execute(page, 'query Mine { profile { id } }');
    await page.getByTitle('Logout', { exact: true }).hover();
    await page.getByRole('tab', { name: 'Logout' }).getByRole('button', { name: 'Close Tab' }).click();
    await page.waitForFunction(hasNoStoredTab, 'Logout');
    // On another page of the origin, where no playground stores its own state afterwards.
    await page.goto(`${app.url}/livez`);
    await page.evaluate(forgetOperation, 'Sessions');

    await page.goto(`${app.url}/graphql`);

    const expected = OPERATIONS.filter(name => !['Register', 'Logout', 'Sessions'].includes(name));
    const titles = ['Mine', ...expected, 'Sessions'];
    expect(await tabTitles(page, titles.length)).toEqual(titles);
    expect(await activeTab(page)).toBe('Mine');
    await page.reload();
    expect(await tabTitles(page, titles.length)).toEqual(titles);
  });

  it('leads to the mailbox with one click', async () => {
    const page = await open(`${app.url}/graphql`);
    const opened = page.waitForEvent('popup');

    await page.getByRole('link', { name: 'Mailbox' }).click();

    const mailbox = await opened;
    await mailbox.getByRole('heading', { name: 'Dev mailbox' }).waitFor();
    expect(new URL(mailbox.url()).pathname).toBe('/dev/mailbox');
  });

  it('SE-2: keeps the session in a cookie that scripts cannot read', async () => {
    const page = await open(`${app.url}/graphql`);
    await app.register(bob);
    await page.evaluate(logIn, { query: LOGIN, variables: { ...bob } });

    const cookies = await page.context().cookies();
    const hidden = { httpOnly: true, path: '/', sameSite: 'Lax' };
    expect(cookies).toMatchObject([
      { name: 'session_id', ...hidden },
      { name: 'known_device', ...hidden },
    ]);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it('CS-2: rejects requests from pages of another origin, signed in or not', async () => {
    // Another port of the same host is the same site, so it receives SameSite cookies, but a different origin.
    const elsewhere = createServer((_, res) =>
      res.setHeader('content-type', 'text/html').end('<title>elsewhere</title>'),
    );
    await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', resolve));
    const page = await open(`${app.url}/graphql`);
    const person = newPerson();
    await app.register(person);
    const attack = async () => {
      await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
      await page.evaluate(postForm, { url: `${app.url}/sessions`, fields: { ...ada } });
    };

    await attack();
    await page.goto(`${app.url}/graphql`);
    await page.evaluate(logIn, { query: LOGIN, variables: { ...person } });
    await attack();

    const logged = app.lines.map(line => JSON.parse(line)).filter(({ path }) => path === '/sessions');
    expect(logged).toMatchObject(Array(2).fill({ method: 'POST', status: 403, code: 'FORBIDDEN' }));
    elsewhere.close();
  });

  const consoleMessages: string[] = [];

  async function open(url: string): Promise<Page> {
    const page = await chromium.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('console', message => consoleMessages.push(message.text()));
    page.on('pageerror', error => consoleMessages.push(String(error)));
    page.on('requestfailed', request => consoleMessages.push(request.url()));
    await page.goto(url);
    return page;
  }
});

interface Listed {
  name: string;
  variables?: Record<string, unknown>;
}

const GROUPS: { operations: Listed[] }[] = JSON.parse(readFileSync('scripts/playground/operations.json', 'utf8'));
const LISTED = GROUPS.flatMap(({ operations }) => operations);
const OPERATIONS = LISTED.map(({ name }) => name);
const FIRST_OF_GROUPS = GROUPS.flatMap(({ operations: [first] }) => first?.name ?? []);
const TABS = LISTED.map(({ name, variables }) => ({ title: name, defines: name, variables: variables ?? null }));

/** The tabs as GraphiQL stores them, each with the name that its document defines. */
function storedTabs(): object[] {
  const { tabs } = JSON.parse(sessionStorage.getItem('graphiql:tabState') ?? '{ "tabs": [] }');
  return tabs.map(({ title, query, variables }: { title: string; query: string; variables: string | null }) => ({
    title,
    defines: /^(?:query|mutation) (\w+)/m.exec(query)?.[1],
    variables: variables ? JSON.parse(variables) : null,
  }));
}

/** Opens the tab of an operation and runs it as it is. */
async function runTab(page: Page, name: string): Promise<{ status: number; text: string }> {
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.getByTitle(name, { exact: true }).click();
  await page.waitForFunction(hasOpened, name);
  const responded = page.waitForResponse(response => response.request().postDataJSON()?.operationName === name);
  await page.locator('button.graphiql-execute-button').click();
  const response = await responded;
  return { status: response.status(), text: await response.text() };
}

const activeTab = (page: Page) =>
  page.getByRole('tab', { selected: true }).locator('.graphiql-tab-button').textContent();

/** The titles of the tabs, once there are so many of them. */
async function tabTitles(page: Page, count: number): Promise<string[]> {
  const tabs = page.locator('.graphiql-tab-button');
  await until(async () => (await tabs.count()) === count);
  return tabs.allTextContents();
}

/** The editors store the content of an opened tab with a delay; until then the button sends the name of the last one. */
const hasOpened = (name: string) =>
  RegExp(`^(query|mutation) ${name}\\b`, 'm').test(sessionStorage.getItem('graphiql:query') ?? '');

const hasStoredTabs = (count: number) =>
  JSON.parse(sessionStorage.getItem('graphiql:tabState') ?? '{}').tabs?.length === count;

const hasNoStoredTab = (name: string) => !sessionStorage.getItem('graphiql:tabState')?.includes(`"${name}"`);

/** Stores what a visit to a service without the operation would have stored. */
function forgetOperation(name: string): void {
  const state = JSON.parse(sessionStorage.getItem('graphiql:tabState') ?? '{}');
  const tabs = state.tabs.filter(({ title }: { title: string }) => title !== name);
  sessionStorage.setItem('graphiql:tabState', JSON.stringify({ ...state, tabs }));
  const offered: string[] = JSON.parse(sessionStorage.getItem('bienvenue:operations') ?? '[]');
  sessionStorage.setItem('bienvenue:operations', JSON.stringify(offered.filter(offer => offer !== name)));
}

/** On one line, because the editor inserts closing brackets at the end of a line. */
const REGISTER_AND_SHOW =
  'mutation { register(email: "ada@example.org", password: "correct horse battery staple", name: "Ada")' +
  ' { ... on SignedIn { user { id email } session { expiresAt } } } }';

/** Replaces the editor's content with an operation, executes it, and returns the raw response. */
async function execute(page: Page, query: string): Promise<string> {
  await page.locator('.graphiql-query-editor .monaco-editor').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Backspace');
  await page.keyboard.insertText(query);
  await page.waitForFunction(hasApplied, withoutSpaces(query));

  const response = page.waitForResponse(response =>
    withoutSpaces(response.request().postData() ?? '').includes(withoutSpaces(query, 20)),
  );
  await page.locator('button.graphiql-execute-button').click();
  return (await response).text();
}

const withoutSpaces = (text: string, maxLength = 1000) => text.replaceAll(/\\n|\\|\s/g, '').slice(0, maxLength);

/** The editor applies typed text with a delay; until then the button sends the previous text. */
const hasApplied = (query: string) => {
  const { tabs = [] } = JSON.parse(sessionStorage.getItem('graphiql:tabState') ?? '{}');
  return tabs.some((tab: { query: string | null }) => tab.query?.replaceAll(/\s/g, '') === query);
};

const logIn = (operation: { query: string; variables: object }) =>
  fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  }).then(response => response.json());

/** A request that a hostile page can send without a CORS preflight. */
const postForm = ({ url, fields }: { url: string; fields: Record<string, string> }) =>
  fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: new URLSearchParams(fields) }).then(
    () => {},
    () => {}, // The page cannot read the response, but the request was sent.
  );
