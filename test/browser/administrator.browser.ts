import type { Page } from 'playwright-core';
import { idOf, registerAdmin } from '../support/admins.ts';
import { ada, bob } from '../support/app.ts';
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
} from './account-pages.ts';

/** A page of the list and one more, with the administrator and Bob. */
const USERS = 51;

describe('the story of an administrator, through the pages and mails', () => {
  let pages: AccountPages;
  beforeAll(async () => {
    pages = await AccountPages.start({ BIENVENUE_ROLES: 'BILLING,SUPPORT' });
    const { app } = pages;
    await app.auth.work(async ({ admin }) => {
      for (let number = 3; number <= USERS; number += 1)
        await admin.createUser({ email: `user${number}@example.org`, name: `User ${number}` });
    });
    await app.register(bob);
    await registerAdmin(app, ada);
  });
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.close());

  it.each([
    { screen: 'phone', viewport: PHONE, colorScheme: 'light' as const },
    { screen: 'desktop', viewport: DESKTOP, colorScheme: 'dark' as const },
  ])(
    'on a $screen, $colorScheme: finds, changes, disables, creates and deletes users (AZ-3, ID-8)',
    async ({ screen, ...looks }) => {
      const page = await (await pages.user(ada, looks)).newPage();
      await page.goto('/account/admin/users');
      await heading(page, 'Users').waitFor();

      await search(page);
      await changeRoles(page);
      await disableAndEnable(page);
      await sendResetLink(page);
      const created = `linus.${screen}@example.org`;
      await create(page, created);
      await deleteUser(page, created);
      await readEvents(page);

      expect(pages.problems).toEqual([]);
    },
  );

  async function search(page: Page) {
    const rows = page.getByRole('main').getByRole('listitem');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(50);
    await press(page, 'Show more');
    await page.getByText('That is everything.').waitFor();
    expect(await rows.count()).toBe(USERS);

    await page.getByLabel('State').selectOption('Disabled');
    await press(page, 'Search');
    await page.getByText('No user matches.').waitFor();
    await picture(page, 'admin-users-none');
    await page.getByLabel('State').selectOption('Any');
    await page.getByLabel('Role').selectOption('ADMIN');
    await press(page, 'Search');
    await page.getByRole('link', { name: ada.email }).waitFor();
    expect(await rows.count()).toBe(1);

    await page.getByLabel('Role').selectOption('Any');
    await fill(page, { 'Address or name begins with': 'user5' });
    await press(page, 'Search');
    await page.getByRole('link', { name: 'user51@example.org' }).waitFor();
    await picture(page, 'admin-users');
    await fill(page, { 'Address or name begins with': 'bob' });
    await press(page, 'Search');
    await page.getByRole('link', { name: bob.email }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: bob.email }).click();
    await heading(page, bob.email).waitFor();
    await page.getByText('Account created').waitFor();
    await picture(page, 'admin-user');
  }

  async function changeRoles(page: Page) {
    const theirs = await (await pages.user(bob)).newPage();
    await theirs.goto('/account');
    await heading(theirs, 'Profile').waitFor();

    await page.getByRole('checkbox', { name: 'SUPPORT' }).setChecked(true);
    await press(page, 'Save roles');
    await page.getByText('Saved.').waitFor();
    await theirs.reload();
    await theirs.getByText('SUPPORT').waitFor();

    await page.getByRole('checkbox', { name: 'SUPPORT' }).setChecked(false);
    await press(page, 'Save roles');
    await page.getByText('Saved.').waitFor();
    await theirs.context().close();
  }

  async function disableAndEnable(page: Page) {
    const theirs = await (await pages.user(bob)).newPage();
    await theirs.goto('/account');
    await heading(theirs, 'Profile').waitFor();

    await fill(page, { Reason: 'Sends unsolicited mail' });
    await press(page, 'Disable account');
    await page.getByText('Sends unsolicited mail').waitFor();
    await picture(page, 'admin-user-disabled');
    await navigate(theirs, 'Sessions', 'Sign in');
    await theirs.getByText('You were signed out. Sign in to continue.').waitFor();
    await fill(theirs, { 'Email address': bob.email, Password: bob.password });
    await press(theirs, 'Sign in');
    await theirs.getByText('The email address or the password is wrong.').waitFor();

    await press(page, 'Enable account');
    await page.getByRole('button', { name: 'Disable account' }).waitFor();
    await press(theirs, 'Sign in');
    await heading(theirs, 'Sessions').waitFor();
    await theirs.context().close();
  }

  async function sendResetLink(page: Page) {
    await press(page, 'Send reset link');
    await page.getByText('An email is on its way.').waitFor();
    expect(await pages.mailedLink(bob.email, '/reset-password')).toContain('token=');
    // The next one may be sent when five minutes have passed.
    pages.app.clock.advance({ minutes: 6 });
  }

  async function create(page: Page, email: string) {
    await page.getByRole('link', { name: 'All users' }).click();
    await heading(page, 'Users').waitFor();
    await fill(page, { 'Email address': bob.email });
    await press(page, 'Create user');
    await page.getByText('There is already an account with this address.').waitFor();
    await fill(page, { 'Email address': email, Name: 'Linus' });
    await page.getByRole('checkbox', { name: 'BILLING' }).setChecked(true);
    await press(page, 'Create user');
    await heading(page, email).waitFor();
    expect(await page.getByRole('checkbox', { name: 'BILLING' }).isChecked()).toBe(true);

    const theirs = await (await pages.visitor()).newPage();
    await theirs.goto(await pages.mailedLink(email, '/reset-password'));
    await fill(theirs, { 'New password': 'seven quiet lanterns drift' });
    await press(theirs, 'Set new password');
    await heading(theirs, 'Your new password is set').waitFor();
    await theirs.context().close();
  }

  async function deleteUser(page: Page, email: string) {
    await fill(page, { 'The address of the account': 'somebody@example.org' });
    await press(page, 'Delete this account');
    await page.getByText('This is not the address of the account.').waitFor();
    await fill(page, { 'The address of the account': email });
    await press(page, 'Delete this account');
    await confirmPassword(page, ada.password);
    await heading(page, 'Users').waitFor();
    await fill(page, { 'Address or name begins with': email });
    await press(page, 'Search');
    await page.getByText('No user matches.').waitFor();
  }

  async function readEvents(page: Page) {
    await navigate(page, 'Events');
    const deleted = page.getByRole('listitem').filter({ hasText: 'Account deleted' });
    await deleted.first().waitFor();
    await page.getByLabel('Event', { exact: true }).selectOption('Account disabled');
    await press(page, 'Filter');
    await deleted.first().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Show account' }).first().waitFor();
    await picture(page, 'admin-events');
  }

  it('the last administrator keeps the role, the account and access, and is told why', async () => {
    const page = await (await pages.user(ada)).newPage();
    await page.goto('/account/admin/users?role=ADMIN');
    await page.getByRole('link', { name: ada.email }).click();
    await heading(page, ada.email).waitFor();
    const sentence = page.getByText('This is the last administrator. Make somebody else an administrator first.');

    await page.getByRole('checkbox', { name: 'ADMIN' }).setChecked(false);
    await press(page, 'Save roles');
    await sentence.waitFor();
    await page.reload();
    await heading(page, ada.email).waitFor();
    expect(await page.getByRole('checkbox', { name: 'ADMIN' }).isChecked()).toBe(true);
    await press(page, 'Disable account');
    await sentence.waitFor();
    await picture(page, 'last-admin');
    await navigate(page, 'Delete account');
    await fill(page, { 'Your email address, to confirm': ada.email });
    await press(page, 'Delete account');
    await page.getByText(/You are the last administrator, so your account cannot be deleted/).waitFor();
    expect(pages.problems).toEqual([]);
  });

  it('the fields of a search follow the address of the page', async () => {
    const page = await (await pages.user(ada)).newPage();
    await page.goto('/account/admin/users?search=bob');
    const field = page.getByLabel('Address or name begins with', { exact: true });
    await page.getByRole('link', { name: bob.email }).waitFor();
    expect(await field.inputValue()).toBe('bob');

    await page.getByRole('navigation').getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('link', { name: 'user51@example.org' }).waitFor();
    expect(await field.inputValue()).toBe('');
    expect(pages.problems).toEqual([]);
  });

  it('roles that somebody else has granted are shown, and kept when others are saved', async () => {
    const page = await (await pages.user(ada)).newPage();
    await page.goto('/account/admin/users?search=bob');
    await page.getByRole('link', { name: bob.email }).click();
    await heading(page, bob.email).waitFor();
    await page.getByRole('link', { name: 'All users' }).click();
    await heading(page, 'Users').waitFor();
    const id = await idOf(await pages.app.login(bob));
    await pages.app.auth.work(({ admin }) => admin.setRoles(id, ['SUPPORT']));

    await page.goBack();
    await page.getByRole('checkbox', { name: 'SUPPORT', checked: true }).waitFor();
    await page.getByRole('checkbox', { name: 'BILLING' }).setChecked(true);
    await press(page, 'Save roles');
    await page.getByText('Saved.').waitFor();
    expect((await pages.app.auth.work(({ admin }) => admin.user(id)))?.roles).toEqual(['BILLING', 'SUPPORT']);
    expect(pages.problems).toEqual([]);
  });

  it('a user who is none is told that the pages are for administrators, and sends no request for their data', async () => {
    const page = await (await pages.user(bob)).newPage();
    const sent: string[] = [];
    page.on('request', request => sent.push(request.postData() ?? ''));
    for (const path of ['/account/admin/users', '/account/admin/users/1', '/account/admin/events']) {
      await page.goto(path);
      await heading(page, 'This page is for administrators').waitFor();
    }
    expect(await page.getByRole('navigation', { name: 'Administration' }).count()).toBe(0);
    expect(sent.filter(body => body.includes('admin'))).toEqual([]);
    expect(pages.problems).toEqual([]);
  });
});
