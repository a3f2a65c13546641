import type { BrowserContext, Page, Request } from 'playwright-core';
import { LINK_PAGES, PAGES } from '../../src/http/account-pages/page-settings.ts';
import { idOf, registerAdmin } from '../support/admins.ts';
import { ada, bob, newPerson, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { Gate } from '../support/hasher.ts';
import { AccountPages, DESKTOP, fill, heading, navigate, PHONE, press, signIn } from './account-pages.ts';

describe('privacy of the account pages', () => {
  let pages: AccountPages;
  let adasId: string;
  beforeAll(async () => {
    pages = await AccountPages.start();
    adasId = await idOf(await registerAdmin(pages.app, ada));
    await pages.app.register(bob);
  });
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.close());

  it('after a sign-out, two tabs keep nothing of the former person, and the back button shows nothing (SE-4, SE-9)', async () => {
    const context = await pages.user(ada);
    const tabs = [await context.newPage(), await context.newPage()] as const;
    for (const tab of tabs) {
      await tab.goto('/account');
      await heading(tab, 'Profile').waitFor();
      await navigate(tab, 'Sessions');
      await navigate(tab, 'Activity');
      await tab.getByText('Account created').waitFor();
      expect(await everythingKept(tab)).toMatch(ada.email);
    }

    await press(tabs[0], 'Sign out');
    for (const tab of tabs) {
      await heading(tab, 'Sign in').waitFor();
      expect(await everythingKept(tab)).not.toMatch(new RegExp(`${ada.name}|${ada.email}|${adasId}`));
      for (let steps = 0; steps < 2; steps += 1) {
        await tab.goBack();
        await heading(tab, 'Sign in').waitFor();
        expect(await everythingKept(tab)).not.toMatch(new RegExp(`${ada.name}|${ada.email}|${adasId}`));
      }
    }

    await signIn(tabs[1], bob);
    for (const tab of tabs) {
      await tab.getByText(bob.email).first().waitFor();
      expect(await everythingKept(tab)).not.toMatch(new RegExp(`${ada.name}|${ada.email}|${adasId}`));
    }
    expect(pages.problems).toEqual([]);
  });

  it('the session token is out of reach of the pages (SE-2)', async () => {
    const context = await pages.visitor();
    const page = await context.newPage();
    await page.goto('/account/sessions');
    await signIn(page, ada);
    await heading(page, 'Sessions').waitFor();
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'session_id');

    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    expect(await page.evaluate('document.cookie')).not.toContain(cookie?.value);
    expect(await everythingKept(page)).not.toContain(cookie?.value);
  });

  it.each(LINK_PAGES)(
    '%s: the token leaves the address bar, and no request carries it but the one that uses it',
    async path => {
      const token = await tokenFor(path);
      const page = await (await pages.visitor()).newPage();
      const requests: Request[] = [];
      page.on('request', request => requests.push(request));
      await page.goto('/account/sign-in');
      await page.goto(`${path}?token=${token}`);
      await page.getByRole('main').getByRole('button').last().waitFor();

      expect(page.url()).toBe(`${pages.app.url}${path}`);
      expect(await everythingKept(page)).not.toContain(token);
      if (path === '/reset-password') await fill(page, { 'New password': 'seven quiet lanterns drift' });
      await page.getByRole('main').getByRole('button').last().click();
      await page.getByRole('main').getByRole('link').waitFor();
      expect(await everythingKept(page)).not.toContain(token);
      await page.getByRole('link', { name: 'Bienvenue' }).click();
      await page.waitForURL(`${pages.app.url}/`);
      await page.goBack();
      await heading(page, 'This link is incomplete').waitFor();
      expect(page.url()).toBe(`${pages.app.url}${path}`);

      const [opened, ...others] = requests.filter(request => request.url().includes(token));
      expect([opened?.isNavigationRequest(), others]).toEqual([true, []]);
      expect(requests.filter(request => request.postData()?.includes(token))).toHaveLength(1);
      const referers = await Promise.all(requests.map(request => request.headerValue('referer')));
      expect(referers.filter(Boolean)).toEqual([]);
    },
  );

  it('every page obeys its content security policy and loads from nowhere else (CS-4)', async () => {
    const context = await pages.user(ada);
    await context.addInitScript(recordViolations);
    const check = async (page: Page, path: string) => {
      await page.goto(path.replace(':id', adasId));
      await page.locator('main h1').waitFor();
      expect([path, await page.evaluate('violations')]).toEqual([path, []]);
    };
    await inTabs(context, [...PAGES, ...LINK_PAGES], check);
    const page = await context.newPage();
    await page.goto('/account');
    await page.evaluate(
      "document.body.appendChild(document.createElement('script')).src = 'https://evil.example/a.js'",
    );
    // Not a string, which the policy forbids to evaluate more than once.
    await page.waitForFunction(() => Reflect.get(globalThis, 'violations').length === 1);
    expect(pages.problems.filter(problem => !problem.includes('evil.example'))).toEqual([]);
  });

  it.each([PHONE, DESKTOP])(
    'a reload of a page for users shows nothing of another page, and nothing moves: $width pixels wide',
    async viewport => {
      const context = await pages.user(ada, { viewport });
      await context.addInitScript(recordHeadings);
      await context.addInitScript(recordShifts);
      const expected = {
        '/account': 'Profile',
        '/account/password': 'Change your password',
        '/account/email': 'Change your email address',
        '/account/sessions': 'Sessions',
        '/account/activity': 'Activity',
        '/account/data': 'Your data',
        '/account/delete': 'Delete account',
        '/account/admin/users': 'Users',
        '/account/admin/events': 'Events',
      };
      await inTabs(context, Object.entries(expected), async (page, [path, title]) => {
        await page.goto(path);
        await heading(page, title).waitFor();
        const gate = new Gate();
        await page.route('**/graphql', async route => {
          await gate.pass();
          await route.continue().catch(() => undefined);
        });
        await page.reload();
        await page.locator('.skeleton').first().waitFor();
        await page.evaluate(nextFrames);
        gate.release();
        await page.unroute('**/graphql');
        await heading(page, title).waitFor();
        await page.evaluate(nextFrames);
        expect(await page.evaluate('headings')).toEqual([title]);
        expect([path, Number(await page.evaluate('shift()')) < 0.01]).toEqual([path, true]);
      });
    },
  );

  it('pages for visitors do not move, and a signed-in user never sees them', async () => {
    const visitor = await pages.visitor();
    await visitor.addInitScript(recordShifts);
    const page = await visitor.newPage();
    for (const path of ['/account/sign-in', '/account/register', '/account/forgot-password', '/reset-password']) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.evaluate(nextFrames);
      expect([path, Number(await page.evaluate('shift()')) < 0.01]).toEqual([path, true]);
    }

    const user = await pages.user(ada);
    await user.addInitScript(recordHeadings);
    const theirs = await user.newPage();
    await theirs.goto('/account/sign-in');
    await heading(theirs, 'Profile').waitFor();
    expect(await theirs.evaluate('headings')).toEqual(['Profile']);
  });

  /** A token that works where visitors can ask for one, and one of the same form elsewhere. */
  async function tokenFor(path: string): Promise<string> {
    const person = newPerson();
    await pages.app.register(person);
    if (path === '/reset-password') await pages.app.browser().send(REQUEST_PASSWORD_RESET, { email: person.email });
    else if (path !== '/verify-email') return '0123456789012345678901234567890123456789012';
    return String(new URL(await pages.mailedLink(person.email, path)).searchParams.get('token'));
  }
});

/** Visits something for each item in three tabs at a time: a page that loads waits half of the time. */
async function inTabs<T>(
  context: BrowserContext,
  items: readonly T[],
  visit: (page: Page, item: T) => Promise<void>,
): Promise<void> {
  const remaining = [...items];
  const tab = async () => {
    const page = await context.newPage();
    for (let item = remaining.shift(); item !== undefined; item = remaining.shift()) await visit(page, item);
  };
  await Promise.all([tab(), tab(), tab()]);
}

/** Everything that the page shows or stores, its address, and the cache of Apollo Client. */
async function everythingKept(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const stored = [{ ...localStorage }, { ...sessionStorage }, history.state, location.href, document.title];
    const values = [...document.querySelectorAll('input, select')].map(({ value }) => value);
    return document.documentElement.outerHTML + JSON.stringify([...stored, values, (${cacheOfPage})()]);
  })()`);
}

/** React keeps the component tree, and with it the client that was passed to the pages, at their root element. */
const cacheOfPage = `() => {
  const root = document.getElementById('pages');
  let fiber = root[Object.keys(root).find(key => key.startsWith('__reactContainer$'))].stateNode.current;
  while (!fiber.memoizedProps?.client) fiber = fiber.child;
  return fiber.memoizedProps.client.extract();
}`;

const recordViolations = `globalThis.violations = [];
document.addEventListener('securitypolicyviolation', event => violations.push(event.blockedURI));`;

/** Every heading that the page ever shows. */
const recordHeadings = `globalThis.headings = [];
new MutationObserver(() => {
  for (const { textContent } of document.querySelectorAll('h1'))
    if (!headings.includes(textContent)) headings.push(textContent);
}).observe(document, { childList: true, subtree: true, characterData: true });`;

/** How far content has moved by itself, as browsers measure it (Cumulative Layout Shift). */
const recordShifts = `let sum = 0;
const observer = new PerformanceObserver(list => add(list.getEntries()));
const add = entries => { for (const { value } of entries) sum += value; };
observer.observe({ type: 'layout-shift', buffered: true });
globalThis.shift = () => (add(observer.takeRecords()), sum);`;

const nextFrames = 'new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))';
