import type { Page } from 'playwright-core';
import { ada, newPerson } from '../support/app.ts';
import { AccountPages, heading, press } from './account-pages.ts';

describe('account pages, opened by an unusual address', () => {
  let pages: AccountPages;
  beforeAll(async () => {
    pages = await AccountPages.start();
    await pages.app.register(ada);
  });
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.close());

  it.each([
    '/account/sign-in',
    '/account/register',
    '/account/sign-in?next=/account/forgot-password',
    '//evil.example',
    '/account/../..//evil.example',
    'javascript:alert(1)',
  ])('lead a signed-in user from the sign-in page to the profile when next is %s', async next => {
    const page = await (await pages.user(ada)).newPage();
    await page.goto(`/account/sign-in?next=${encodeURIComponent(next)}`);

    await heading(page, 'Profile').waitFor();
    expect(page.url()).toBe(`${pages.app.url}/account`);
  });

  it.each([
    ['a line break', (token: string) => `${token.slice(0, 20)}%0D%0A${token.slice(20)}`],
    ['spaces', (token: string) => `%20${token.slice(0, 20)}+${token.slice(20)}%20`],
  ])('accept a token with %s, as mail programs wrap links', async (_, wrap) => {
    const person = newPerson();
    await pages.app.register(person);
    const link = new URL(await pages.mailedLink(person.email, '/verify-email'));
    const page = await openLink(wrap(String(link.searchParams.get('token'))));

    await press(page, 'Confirm address');
    await heading(page, 'Your address is confirmed').waitFor();
  });

  async function openLink(token: string): Promise<Page> {
    const page = await (await pages.visitor()).newPage();
    await page.goto(`/verify-email?token=${token}`);
    return page;
  }
});
