import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Environment } from '../../src/options/environment.ts';
import { LOGIN, type Person, sessionOf, startApp, type TestApp } from '../support/app.ts';
import { MailServer } from '../support/smtp.ts';
import { launchChromium } from './chromium.ts';
import { SCREENSHOTS, screenshot } from './screenshot.ts';

/** What people use: headless Chromium calls itself otherwise. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };

/** The service with its account pages, a mail server, and a browser. */
export class AccountPages {
  /** What the pages logged, threw, or loaded from elsewhere, and what their content security policy refused. */
  readonly problems: string[] = [];

  private readonly returnedLinks = new Set<string>();

  private constructor(
    readonly app: TestApp,
    readonly mailServer: MailServer,
    readonly chromium: Browser,
  ) {}

  static async start(env: Environment = {}): Promise<AccountPages> {
    const mailServer = await MailServer.start();
    const [app, chromium] = await Promise.all([
      startApp({ env: { ...mailServer.settings, ...env } }),
      launchChromium(),
    ]);
    // The browser has the time of this machine. An hour before leaves the tests room to move the service's clock.
    app.clock.advance({ ms: Date.now() - app.clock.now().getTime(), hours: -1 });
    return new AccountPages(app, mailServer, chromium);
  }

  async close(): Promise<void> {
    await this.chromium.close();
    await this.app.close();
    await this.mailServer.close();
  }

  /** For `afterEach`: closes all pages and forgets their problems. */
  async closeContexts(): Promise<void> {
    for (const context of this.chromium.contexts()) await context.close();
    this.problems.length = 0;
  }

  /** A visitor's browser. */
  async visitor(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.chromium.newContext({ userAgent, viewport: DESKTOP, baseURL: this.app.url, ...options });
    // Only ends a test that hangs, to say where.
    context.setDefaultTimeout(60_000);
    context.on('weberror', error => this.problems.push(String(error.error())));
    context.on('console', message => {
      if (['warning', 'error'].includes(message.type())) this.problems.push(message.text());
    });
    context.on('request', request => {
      const { protocol, origin } = new URL(request.url());
      if (/^(http|ws)/.test(protocol) && origin !== this.app.url) this.problems.push(`request to ${request.url()}`);
    });
    return context;
  }

  /** The browser of a user who has signed in. */
  async user({ email, password }: Person, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const browser = this.app.browser({ headers: { 'user-agent': options.userAgent ?? userAgent } });
    const { code } = await browser.send(LOGIN, { email, password });
    if (code) throw new Error(`${email} could not sign in: ${code}`);
    const context = await this.visitor(options);
    const session = { name: 'session_id', value: sessionOf(browser), httpOnly: true, sameSite: 'Lax' as const };
    await context.addCookies([{ ...session, url: this.app.url }]);
    return context;
  }

  /** The link to a page in the next mail to an address that has one. */
  async mailedLink(to: string, path: string): Promise<string> {
    const start = `${this.app.url}${path}?token=`;
    for (;;) {
      const mail = this.mailServer.mails.findLast(
        ({ envelope, parsed }) => envelope.to.includes(to) && parsed.text?.includes(start),
      );
      const [link] = /https?:\S+/.exec(mail?.parsed.text?.slice(mail.parsed.text.indexOf(start)) ?? '') ?? [];
      // The newest mail may be an earlier one while the next is on its way.
      if (link && !this.returnedLinks.has(link)) {
        this.returnedLinks.add(link);
        return link;
      }
      await this.app.auth.settle();
    }
  }
}

export const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Fills in fields by their labels. */
export async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
}

export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await fill(page, { 'Email address': email, Password: password });
  await press(page, 'Sign in');
}

/** Confirms the password in the dialog that asks for it. */
export async function confirmPassword(page: Page, password: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Confirm your password' });
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Follows a link of the navigation, which phones show on demand, to the page with this heading. */
export async function navigate(page: Page, link: string, title = link): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu', exact: true });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole('navigation').getByRole('link', { name: link, exact: true }).click();
  await heading(page, title).waitFor();
}

/** Pictures of a page, light and dark, for people to look at. The colours are afterwards as they were. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  const width = page.viewportSize()?.width;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await screenshot(page, `${name}-${width}-${colorScheme}`, { fullPage: true, animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: null });
}
