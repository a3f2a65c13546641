import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';
import { idOf, registerAdmin } from '../support/admins.ts';
import { ada, bob, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { Gate } from '../support/hasher.ts';
import {
  AccountPages,
  confirmPassword,
  DESKTOP,
  fill,
  heading,
  PHONE,
  picture,
  press,
  signIn,
} from './account-pages.ts';
import { SCREENSHOTS } from './screenshot.ts';

const GRAPHQL = '**/graphql';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The narrowest screen that pages must fit on without scrolling sideways (WCAG 1.4.10). */
const NARROW = { width: 320, height: 640 };

describe('accessibility of the account pages', () => {
  let pages: AccountPages;
  let bobsId: string;
  beforeAll(async () => {
    pages = await AccountPages.start({ BIENVENUE_ROLES: 'BILLING' });
    await registerAdmin(pages.app, ada);
    bobsId = await idOf(await pages.app.register(bob));
  });
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.close());

  /** No violation and no sideways scrolling, on a wide light and a narrow dark screen. */
  async function check(page: Page, state: string, rules = [...WCAG, 'best-practice']): Promise<void> {
    if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(AXE);
    const violations = async () => {
      const run = `axe.run({ runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`;
      return page.evaluate(run);
    };
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    expect([state, await violations()]).toEqual([state, []]);
    await page.setViewportSize(NARROW);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect([state, await violations()]).toEqual([state, []]);
    expect([state, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([state, NARROW.width]);
    await page.setViewportSize(DESKTOP);
  }

  describe('no violation of WCAG 2.2 AA, and no sideways scrolling on a narrow screen', () => {
    it('pages for visitors, empty, refused, limited, and when they fail', async () => {
      const page = await (await pages.visitor()).newPage();
      await page.goto('/account/sign-in');
      await heading(page, 'Sign in').waitFor();
      await check(page, 'sign-in');
      await press(page, 'Sign in');
      await page.getByText('Please fill in this field.').first().waitFor();
      await check(page, 'sign-in, empty');
      await pictures(page, 'sign-in-empty');
      await page.route(GRAPHQL, route => route.fulfill({ json: limited }));
      await signIn(page, ada);
      await page.getByText(/^You can try again in/).waitFor();
      await check(page, 'sign-in, limited');
      await pictures(page, 'sign-in-limited');
      await page.unroute(GRAPHQL);

      await page.goto('/account/register');
      await heading(page, 'Create your account').waitFor();
      await check(page, 'register');
      await fill(page, { 'Email address': 'a@b@example.org', Password: 'short' });
      await page.getByText('Easy to guess').waitFor();
      await press(page, 'Create account');
      await page.getByText('Please use at least 8 characters.').waitFor();
      await check(page, 'register, refused');
      await pictures(page, 'register-refused');

      await page.goto('/account/forgot-password');
      await heading(page, 'Forgotten your password?').waitFor();
      await check(page, 'forgot-password');
      await fill(page, { 'Email address': 'nobody@example.org' });
      await press(page, 'Send reset link');
      await heading(page, 'Check your email').waitFor();
      await check(page, 'check-mail');

      await page.goto('/account/nowhere');
      await heading(page, 'Page not found').waitFor();
      await check(page, 'not found');
      await pictures(page, 'not-found');

      await page.route('**/assets/register-*.js', route => route.abort());
      await page.goto('/account/register');
      await heading(page, 'Something went wrong').waitFor();
      await check(page, 'error boundary');
      await pictures(page, 'error-boundary');
    });

    it.each([
      { path: '/reset-password', button: 'Set new password' },
      { path: '/verify-email', button: 'Confirm address' },
      { path: '/confirm-email', button: 'Use this address' },
      { path: '/revert-email', button: 'Keep the old address' },
    ])('$path: with a link, one that does not work, and an incomplete one', async ({ path, button }) => {
      const page = await (await pages.visitor()).newPage();
      await page.goto(`${path}?token=0123456789012345678901234567890123456789012`);
      await page.getByRole('button', { name: button }).waitFor();
      await check(page, path);
      if (path === '/reset-password') await fill(page, { 'New password': 'seven quiet lanterns drift' });
      await press(page, button);
      await heading(page, 'This link no longer works').waitFor();
      await check(page, `${path}, invalid`);
      await pictures(page, `${path.slice(1)}-invalid`);
      await page.goto(path);
      await heading(page, 'This link is incomplete').waitFor();
      await check(page, `${path}, incomplete`);
    });

    it('a link that worked', async () => {
      const page = await (await pages.visitor()).newPage();
      await pages.app.browser().send(REQUEST_PASSWORD_RESET, { email: bob.email });
      await page.goto(await pages.mailedLink(bob.email, '/reset-password'));
      await fill(page, { 'New password': bob.password });
      await press(page, 'Set new password');
      await heading(page, 'Your new password is set').waitFor();
      await check(page, 'reset-password, done');
    });

    it('pages for users, empty and full, refused, asking for the password, loading, and not loaded', async () => {
      const context = await pages.user(bob);
      const page = await context.newPage();
      await page.goto('/account');
      await heading(page, 'Profile').waitFor();
      await check(page, 'profile');
      await page.setViewportSize(NARROW);
      await press(page, 'Menu');
      await check(page, 'profile, menu open');
      await page.setViewportSize(PHONE);
      await picture(page, 'menu');
      await page.setViewportSize(DESKTOP);

      await page.goto('/account/password');
      await fill(page, { 'Current password': 'not the password', 'New password': 'seven quiet lanterns drift' });
      await press(page, 'Change password');
      await page.getByText('This password is wrong.').waitFor();
      await check(page, 'password, wrong');
      await pictures(page, 'password-wrong');

      pages.app.clock.advance({ minutes: 6 });
      await page.goto('/account/email');
      await fill(page, { 'New email address': 'robert@example.org' });
      await press(page, 'Change address');
      await page.getByRole('dialog').waitFor();
      await check(page, 'email, dialog');
      await confirmPassword(page, bob.password);
      await heading(page, 'Check your email').waitFor();
      await check(page, 'email, sent');

      await page.goto('/account/sessions');
      await pages.app.login(bob);
      await page.reload();
      await page
        .getByRole('button', { name: /^Sign out there/ })
        .first()
        .waitFor();
      await check(page, 'sessions, several');
      await press(page, 'Sign out everywhere else');
      await page.getByText('You are signed in only here.').waitFor();
      await check(page, 'sessions, one');

      await page.goto('/account/activity');
      await page.getByText('Account created').waitFor();
      await check(page, 'activity');

      await page.goto('/account/data');
      await press(page, 'Prepare the file');
      await page.getByRole('link', { name: /^Download/ }).waitFor();
      await check(page, 'data, ready');

      await page.goto('/account/delete');
      await press(page, 'Delete account');
      await page.getByText('Please fill in this field.').waitFor();
      await check(page, 'delete, empty');

      await page.goto('/account/admin/users');
      await heading(page, 'This page is for administrators').waitFor();
      await check(page, 'forbidden');
      await pictures(page, 'forbidden');

      await page.route(GRAPHQL, route => route.fulfill({ status: 500, body: 'oops' }));
      await page.goto('/account');
      await heading(page, 'This page could not be loaded').waitFor();
      await check(page, 'not loaded');
      await pictures(page, 'not-loaded');
      await page.unroute(GRAPHQL);
      await loading(context);
    });

    async function loading(context: BrowserContext) {
      const page = await context.newPage();
      const gate = new Gate();
      await page.clock.install();
      await page.route(GRAPHQL, () => gate.pass());
      await page.goto('/account');
      await gate.reached;
      await page.getByText('Loading').waitFor({ state: 'attached' });
      // Nothing has a heading yet, which is best practice only.
      await check(page, 'loading', WCAG);
      await pictures(page, 'loading');
      const slow = page.getByText('This is taking longer than usual.');
      while (!(await slow.isVisible())) await page.clock.fastForward(5000);
      await check(page, 'loading, slow', WCAG);
      await pictures(page, 'loading-slow');
      gate.release();
    }

    it('pages for administrators', async () => {
      const page = await (await pages.user(ada)).newPage();
      await page.goto('/account/admin/users');
      await page.getByRole('link', { name: bob.email }).waitFor();
      await check(page, 'users');
      await press(page, 'Create user');
      await page.getByText('Please fill in this field.').waitFor();
      await check(page, 'users, refused');
      await page.goto('/account/admin/users?search=nobody');
      await page.getByText('No user matches.').waitFor();
      await check(page, 'users, none');

      await page.goto(`/account/admin/users/${bobsId}`);
      await page.getByText('Account created').waitFor();
      await check(page, 'user');
      await press(page, 'Disable account');
      await page.getByRole('button', { name: 'Enable account' }).waitFor();
      await check(page, 'user, disabled');
      await press(page, 'Enable account');
      await page.getByRole('button', { name: 'Disable account' }).waitFor();
      await page.goto('/account/admin/users/nobody');
      await heading(page, 'There is no such user').waitFor();
      await check(page, 'user, unknown');
      await pictures(page, 'admin-user-unknown');

      await page.goto('/account/admin/events');
      await page.getByRole('link', { name: 'Show account' }).first().waitFor();
      await check(page, 'events');
      await page.goto('/account/admin/events?type=DATA_EXPORTED');
      await heading(page, 'Events').waitFor();
      await page
        .getByRole('main')
        .getByText(/Data exported|Nothing has happened yet/)
        .last()
        .waitFor();
      await check(page, 'events, filtered');
    });
  });

  describe('by keyboard', () => {
    const focused = (page: Page) => page.locator(':focus');

    it('a form is completed with Tab and Enter, and the focus follows', async () => {
      const page = await (await pages.visitor()).newPage();
      await page.goto('/account/sign-in');
      await heading(page, 'Sign in').waitFor();
      await tabTo(page, 'Email address');
      await page.keyboard.press('Enter');

      await page.getByText('Please fill in this field.').first().waitFor();
      await page.locator('[name=email]:focus').waitFor();
      expect(await description(page)).toBe('Please fill in this field.');
      await page.keyboard.type(ada.email);
      await page.keyboard.press('Enter');
      await page.locator('[name=password]:focus').waitFor();
      await page.keyboard.type(ada.password);
      await page.keyboard.press('Tab');
      expect(await focused(page).textContent()).toBe('Show');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      expect(await page.getByLabel('Stay signed in on this device').isChecked()).toBe(false);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');

      await heading(page, 'Profile').waitFor();
      await page.waitForFunction('document.activeElement?.tagName === "H1"');
      await page.reload();
      await heading(page, 'Profile').waitFor();
      await page.keyboard.press('Tab');
      expect(await focused(page).textContent()).toBe('Skip to content');
      await page.keyboard.press('Enter');
      expect(await focused(page).getAttribute('id')).toBe('content');
    });

    it('the dialog keeps the focus, Escape closes it, and the focus returns', async () => {
      const page = await (await pages.user(bob)).newPage();
      pages.app.clock.advance({ minutes: 6 });
      await page.goto('/account/data');
      await heading(page, 'Your data').waitFor();
      await page.getByRole('button', { name: 'Prepare the file' }).press('Enter');
      await page.getByRole('dialog', { name: 'Confirm your password' }).waitFor();

      const visited = new Set<string>();
      for (let presses = 0; presses < 8; presses += 1) {
        await page.keyboard.press('Tab');
        visited.add(await page.evaluate(placeOfFocus));
      }
      expect([...visited].sort()).toEqual(expect.arrayContaining(['BUTTON in DIALOG', 'INPUT in DIALOG']));
      expect([...visited].filter(place => !/DIALOG|^BODY/.test(place))).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await focused(page).textContent()).toBe('Prepare the file');
    });
  });

  it('nothing moves for those who want reduced motion', async () => {
    const page = await (await pages.user(bob)).newPage();
    const gate = new Gate();
    await page.route(GRAPHQL, () => gate.pass());
    await page.goto('/account');
    await gate.reached;
    await page.locator('.skeleton').waitFor();
    const animations = 'document.getAnimations().length';

    expect(await page.evaluate(animations)).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await page.evaluate(animations)).toBe(0);
    gate.release();
  });
});

const limited = { errors: [{ message: 'No.', extensions: { code: 'RATE_LIMITED', retryAfter: 840 } }] };

/** Pictures of a state on a phone and a desktop. */
async function pictures(page: Page, name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    await picture(page, name);
  }
}

/** Presses Tab until a field with this label has the focus. */
async function tabTo(page: Page, label: string): Promise<void> {
  const focused = page.getByLabel(label, { exact: true }).and(page.locator(':focus'));
  while ((await focused.count()) === 0) await page.keyboard.press('Tab');
}

/** The text that describes the field with the focus. */
async function description(page: Page): Promise<string | null> {
  const id = await page.locator(':focus').getAttribute('aria-describedby');
  return page.locator(`[id="${id}"]`).textContent();
}

const placeOfFocus = `(() => {
  const { tagName = '', parentElement } = document.activeElement ?? {};
  return [tagName, parentElement?.closest('dialog') && 'in DIALOG'].filter(Boolean).join(' ');
})()`;
