import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { ada, bob, LOGIN, startApp, type TestApp } from '../support/app.ts';
import { launchChromium } from './chromium.ts';

const SCREENSHOTS = 'coverage/screenshots';

describe('the playground in a browser', () => {
  let app: TestApp;
  let chromium: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    app = await startApp();
    chromium = await launchChromium();
  });
  afterAll(async () => {
    await chromium.close();
    await app.close();
  });

  it('runs queries and mutations, stays signed in by cookie, and logs no errors or warnings', async () => {
    const page = await open(`${app.url}/graphql`);

    expect(await execute(page, REGISTER_AND_SHOW)).toContain('"email":"ada@example.org"');
    await page.screenshot({ path: `${SCREENSHOTS}/registered.png` });
    expect(await execute(page, '{ profile { email name } }')).toContain('"name":"Ada"');
    await page.screenshot({ path: `${SCREENSHOTS}/profile.png` });
    expect(await execute(page, 'mutation { logout }')).toContain('"logout":true');
    expect(await execute(page, '{ profile { email } }')).toContain('"profile":null');
    expect(consoleMessages).toEqual([]);
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
    const page = await open(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);

    await page.evaluate(postForm, { url: `${app.url}/sessions`, fields: { ...ada } });

    const logged = app.lines.map(line => JSON.parse(line)).filter(({ path }) => path === '/sessions');
    expect(logged).toMatchObject([{ method: 'POST', status: 403, code: 'FORBIDDEN' }]);
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

/** On one line, because the editor inserts closing brackets at the end of a line. */
const REGISTER_AND_SHOW =
  'mutation { register(email: "ada@example.org", password: "correct horse battery staple", name: "Ada")' +
  ' { ... on SignedIn { user { id email } session { expiresAt } } } }';

/** Replaces the editor's content with an operation, executes it, and returns the raw response. */
async function execute(page: Page, query: string): Promise<string> {
  await page.locator('.graphiql-query-editor .view-lines').click();
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
