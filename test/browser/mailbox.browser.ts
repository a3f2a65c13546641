import type { Browser, Page } from 'playwright-core';
import { ada, bob, startApp, type TestApp } from '../support/app.ts';
import { launchChromium } from './chromium.ts';
import { screenshot } from './screenshot.ts';

describe('the dev mailbox in a browser', () => {
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

  it('shows a mail soon after it was sent, without a reload, and announces it', async () => {
    const page = await open();
    await page.getByText('No mails yet.').waitFor();
    await page.evaluate('window.notReloaded = true');

    await app.register(ada);

    await page.getByRole('article').waitFor();
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Confirm your e-mail address']);
    expect(await page.getByRole('status').textContent()).toMatch(/^New mail: Confirm your e-mail address, .*\d/);
    expect(await page.getByText('No mails yet.').count()).toBe(0);
    const mail = page.frameLocator('iframe');
    await mail.getByRole('link').first().waitFor();
    expect(await page.evaluate('window.notReloaded')).toBe(true);
    expect(consoleMessages).toEqual([]);
  });

  it('opens the link of a mail with a button', async () => {
    await app.register({ ...ada, email: 'another-ada@example.org' });
    await app.resetToken('another-ada@example.org');
    const page = await open();
    const [newest] = await app.mails();
    const [link = ''] = /https?:\S+/.exec(newest?.text ?? '') ?? [];
    const opened = page.waitForEvent('popup');

    await page.getByRole('article').first().locator('a.button').click();

    expect((await opened).url()).toBe(link);
  });

  it('leaves what a person has opened as it is when a mail arrives', async () => {
    await app.register(bob);
    const page = await open();
    const article = page.getByRole('article').last();
    await article.getByText('Text', { exact: true }).click();
    await article.locator('pre').scrollIntoViewIfNeeded();
    const count = await page.getByRole('article').count();
    const { y = 0 } = (await article.locator('pre').boundingBox()) ?? {};

    await app.register({ ...bob, email: 'another-bob@example.org' });

    await page.getByRole('article').nth(count).waitFor();
    expect(await article.locator('pre').isVisible()).toBe(true);
    const moved = ((await article.locator('pre').boundingBox())?.y ?? 0) - y;
    expect(Math.abs(moved)).toBeLessThan(1);
  });

  it('says when the service does not respond, and when it is back', async () => {
    const page = await open();
    const status = page.getByRole('status');

    await page.route('**/dev/mailbox/ids', route => route.abort());
    await status.filter({ hasText: 'The service does not respond. Trying again …' }).waitFor();
    await page.unroute('**/dev/mailbox/ids');

    await status.filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
  });

  it.each([360, 1280])('fits on a screen %i pixels wide, light and dark', async width => {
    await app.register({ ...bob, email: `b${width}@example.org` });
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open({ viewport: { width, height: 800 }, colorScheme });
      await page.frameLocator('iframe').first().getByRole('link').first().waitFor();
      await screenshot(page, `mailbox-${width}-${colorScheme}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  const consoleMessages: string[] = [];

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await chromium.newPage(options);
    page.on('console', message => consoleMessages.push(message.text()));
    page.on('pageerror', error => consoleMessages.push(String(error)));
    await page.goto(`${app.url}/dev/mailbox`);
    return page;
  }
});
