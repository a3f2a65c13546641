import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import {
  AccountPages,
  confirmPassword,
  DESKTOP,
  fill,
  heading,
  navigate,
  PHONE,
  picture,
  press,
  signIn,
} from './account-pages.ts';

const PASSWORDS = [
  'correct horse battery staple',
  'seven quiet lanterns drift',
  'wrong zebra capacitor nail',
  'old address, new phrase',
] as const;

describe('the story of a person, through the pages and mails', () => {
  let pages: AccountPages;
  beforeAll(async () => {
    pages = await AccountPages.start();
  });
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.close());

  it.each([
    { screen: 'phone', viewport: PHONE, colorScheme: 'dark' as const },
    { screen: 'desktop', viewport: DESKTOP, colorScheme: 'light' as const },
  ])(
    'on a $screen, $colorScheme: from registration to deletion (EV-2, EV-3, SE-7, RS-4)',
    async ({ screen, ...looks }) => {
      const context = await pages.visitor({ ...looks, acceptDownloads: true });
      const page = await context.newPage();
      const person = { email: `grace@${screen}.example`, password: PASSWORDS[0] };
      const newEmail = `hopper@${screen}.example`;

      await register(page, person);
      await verify(page, person.email);
      await forgetPassword(page, person.email);
      await signIn(page, { ...person, password: PASSWORDS[1] });
      await heading(page, 'Profile').waitFor();
      await editProfile(page);
      await changePassword(page);
      await changeAddress(page, newEmail);
      await takeChangeBack(page, person.email);
      await signIn(page, { ...person, password: PASSWORDS[3] });
      await heading(page, 'Profile').waitFor();
      await signOutElsewhere(page, person.email);
      await readActivity(page);
      await exportData(page, person.email);
      await deleteAccount(page, person.email);

      expect(pages.problems).toEqual([]);
    },
  );

  async function register(page: Page, { email, password }: { email: string; password: string }) {
    await page.goto('/account');
    await heading(page, 'Sign in').waitFor();
    await picture(page, 'sign-in');
    await page.getByRole('link', { name: 'Create account' }).click();
    await heading(page, 'Create your account').waitFor();
    await fill(page, { Name: 'Grace Hopper', 'Email address': email, Password: password });
    await page.getByText('Very strong').waitFor();
    await picture(page, 'register');
    await press(page, 'Create account');
    await heading(page, 'Profile').waitFor();
    await page.getByText('Not confirmed').waitFor();
    await picture(page, 'profile-unconfirmed');
  }

  async function verify(page: Page, email: string) {
    const link = await pages.mailedLink(email, '/verify-email');
    await page.goto(link);
    await heading(page, 'Confirm your address').waitFor();
    expect(page.url()).toBe(`${pages.app.url}/verify-email`);
    expect(await pages.app.rows('SELECT email_verified_at FROM users WHERE email = ?', email)).toEqual([
      { email_verified_at: null },
    ]);
    await picture(page, 'verify-email');
    await press(page, 'Confirm address');
    await heading(page, 'Your address is confirmed').waitFor();
    await picture(page, 'verify-email-done');
    await page.getByRole('link', { name: 'Go to your account' }).click();
    await page.getByText('Confirmed', { exact: true }).waitFor();
    await picture(page, 'profile');
  }

  async function forgetPassword(page: Page, email: string) {
    await press(page, 'Sign out');
    await page.getByText('You are signed out.').waitFor();
    await picture(page, 'signed-out');
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await heading(page, 'Forgotten your password?').waitFor();
    await picture(page, 'forgot-password');
    await fill(page, { 'Email address': email });
    await press(page, 'Send reset link');
    await heading(page, 'Check your email').waitFor();
    await picture(page, 'check-mail');
    await page.goto(await pages.mailedLink(email, '/reset-password'));
    await setNewPassword(page, PASSWORDS[1]);
  }

  async function setNewPassword(page: Page, password: string) {
    await heading(page, 'Set a new password').waitFor();
    await fill(page, { 'New password': password });
    await page.getByText('Very strong').waitFor();
    await picture(page, 'reset-password');
    await press(page, 'Set new password');
    await heading(page, 'Your new password is set').waitFor();
    await picture(page, 'reset-password-done');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await heading(page, 'Sign in').waitFor();
  }

  async function editProfile(page: Page) {
    await fill(page, { Name: 'Rear Admiral Grace Hopper' });
    await press(page, 'Save');
    await page.getByText('Saved.').waitFor();
    await page.reload();
    await heading(page, 'Profile').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Rear Admiral Grace Hopper');
  }

  async function changePassword(page: Page) {
    await navigate(page, 'Password', 'Change your password');
    await picture(page, 'password');
    await fill(page, { 'Current password': PASSWORDS[1], 'New password': PASSWORDS[2] });
    await press(page, 'Change password');
    await heading(page, 'Your password is changed').waitFor();
    await picture(page, 'password-done');
  }

  async function changeAddress(page: Page, newEmail: string) {
    pages.app.clock.advance({ minutes: 6 });
    await navigate(page, 'Email address', 'Change your email address');
    await picture(page, 'email');
    await fill(page, { 'New email address': newEmail });
    await press(page, 'Change address');
    await page.getByRole('dialog').waitFor();
    await picture(page, 'confirm-password');
    await confirmPassword(page, PASSWORDS[2]);
    await heading(page, 'Check your email').waitFor();
    await picture(page, 'email-sent');
    await page.goto(await pages.mailedLink(newEmail, '/confirm-email'));
    await heading(page, 'Use your new address').waitFor();
    await picture(page, 'confirm-email');
    await press(page, 'Use this address');
    await heading(page, 'Your new address is in use').waitFor();
    await picture(page, 'confirm-email-done');
    await page.getByRole('link', { name: 'Go to your account' }).click();
    await heading(page, 'Profile').waitFor();
    await page.getByRole('main').getByText(newEmail).waitFor();
  }

  async function takeChangeBack(page: Page, oldEmail: string) {
    await page.goto(await pages.mailedLink(oldEmail, '/revert-email'));
    await heading(page, 'Keep your old address').waitFor();
    await picture(page, 'revert-email');
    await press(page, 'Keep the old address');
    await heading(page, 'Your old address is back in use').waitFor();
    await picture(page, 'revert-email-done');
    await page.goto(await pages.mailedLink(oldEmail, '/reset-password'));
    await setNewPassword(page, PASSWORDS[3]);
  }

  async function signOutElsewhere(page: Page, email: string) {
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const elsewhere = await (await pages.user({ email, password: PASSWORDS[3] }, { userAgent })).newPage();
    await elsewhere.goto('/account/sessions');
    await heading(elsewhere, 'Sessions').waitFor();
    await navigate(page, 'Sessions');
    await page.getByRole('listitem').filter({ hasText: 'This session' }).waitFor();
    await picture(page, 'sessions');
    await page.getByRole('button', { name: /^Sign out there/ }).click();
    await page.getByText('You are signed in only here.').waitFor();
    await elsewhere.getByRole('link', { name: 'Activity' }).click();
    await elsewhere.getByText('You were signed out. Sign in to continue.').waitFor();
    await elsewhere.context().close();
  }

  async function readActivity(page: Page) {
    await navigate(page, 'Activity');
    await page.getByText('Account created').waitFor();
    await picture(page, 'activity');
    const happened = await page.locator('.row-title').allTextContents();
    expect(happened[0]).toBe('Session ended remotely');
    expect(happened).toEqual(expect.arrayContaining(['Email address changed', 'Password changed', 'Signed out']));
  }

  async function exportData(page: Page, email: string) {
    pages.app.clock.advance({ minutes: 6 });
    await navigate(page, 'Your data');
    await picture(page, 'data');
    await press(page, 'Prepare the file');
    await confirmPassword(page, PASSWORDS[3]);
    const link = page.getByRole('link', { name: /^Download/ });
    await link.waitFor();
    await picture(page, 'data-ready');
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/^account-\d{4}-\d\d-\d\d\.json$/);
    const exported = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(exported).toMatchObject({ account: [{ email, name: 'Rear Admiral Grace Hopper' }] });
    expect(exported.sessions).toHaveLength(1);
  }

  async function deleteAccount(page: Page, email: string) {
    await navigate(page, 'Delete account');
    await picture(page, 'delete');
    await fill(page, { 'Your email address, to confirm': email });
    await press(page, 'Delete account');
    await heading(page, 'Sign in').waitFor();
    await page.getByText('Your account has been deleted.').waitFor();
    await picture(page, 'deleted');
    expect(await pages.app.rows('SELECT id FROM users')).toEqual([]);
  }
});
