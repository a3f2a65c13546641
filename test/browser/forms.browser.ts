import type { Page } from 'playwright-core';
import { ada, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { AccountPages, fill, heading, press, signIn } from './account-pages.ts';

describe('forms of the account pages', () => {
  let pages: AccountPages;
  beforeAll(async () => {
    pages = await AccountPages.start();
    await pages.app.register(ada);
  });
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.close());

  const open = async (path: string, locale = 'en') => {
    const page = await (await pages.visitor({ locale })).newPage();
    await page.goto(path);
    return page;
  };

  /** What password managers go by. */
  const autocompletes = async (page: Page): Promise<(string | null)[]> => {
    const inputs = await page.locator('form input:not([type=checkbox])').all();
    return Promise.all(inputs.map(input => input.getAttribute('autocomplete')));
  };

  it('tell password managers what each field is for', async () => {
    const signIn = await open('/account/sign-in');
    await heading(signIn, 'Sign in').waitFor();
    expect(await autocompletes(signIn)).toEqual(['username', 'current-password']);

    const register = await open('/account/register');
    await heading(register, 'Create your account').waitFor();
    expect(await autocompletes(register)).toEqual(['name', 'username', 'new-password']);

    await pages.app.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
    const reset = await open(await pages.mailedLink(ada.email, '/reset-password'));
    await heading(reset, 'Set a new password').waitFor();
    expect((await autocompletes(reset)).at(-1)).toBe('new-password');

    const change = await (await pages.user(ada)).newPage();
    await change.goto('/.well-known/change-password');
    await heading(change, 'Change your password').waitFor();
    // The first of these is hidden: it names the account.
    expect((await autocompletes(change)).slice(0, 3)).toEqual(['username', 'current-password', 'new-password']);
  });

  it('take a password that is pasted', async () => {
    const page = await open('/account/sign-in');
    await fill(page, { 'Email address': 'pasted from elsewhere' });
    await page.getByLabel('Email address', { exact: true }).press('ControlOrMeta+A');
    await page.keyboard.press('ControlOrMeta+C');
    await page.getByLabel('Password', { exact: true }).press('ControlOrMeta+V');

    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('pasted from elsewhere');
  });

  it('say the rules beforehand, and how easy a password is to guess while it is typed', async () => {
    const page = await open('/account/register');
    await page.getByText('At least 8 characters.').waitFor();
    await fill(page, { Password: 'password1' });
    await page.getByText('Very easy to guess').waitFor();
    await fill(page, { Password: 'seven quiet lanterns drift' });
    await page.getByText('Very strong').waitFor();
  });

  it.each([
    ['fr-CA', 'fr', 'Connexion', 'Mot de passe', 'Se connecter', 'L’adresse e-mail ou le mot de passe est incorrect.'],
    ['de', 'de', 'Anmelden', 'Passwort', 'Anmelden', 'Die E-Mail-Adresse oder das Passwort ist falsch.'],
    ['nl', 'en', 'Sign in', 'Password', 'Sign in', 'The email address or the password is wrong.'],
  ])('are in the language of the browser: %s', async (locale, lang, title, password, button, sentence) => {
    const page = await open('/account/sign-in', locale);
    await heading(page, title).waitFor();
    await page.locator('input[name=email]').fill(ada.email);
    await fill(page, { [password]: 'not the password' });
    await press(page, button);

    await page.getByText(sentence).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(lang);
  });
});

describe('with required verification', () => {
  it('a person who signs in too early is asked to open the mail, and comes back to the form', async () => {
    const pages = await AccountPages.start({ BIENVENUE_EMAIL_VERIFICATION: 'required' });
    await pages.app.browser().send(REGISTER, { ...ada });
    const page = await (await pages.visitor()).newPage();
    await page.goto('/account/sign-in');
    await signIn(page, ada);
    await heading(page, 'Check your email').waitFor();

    await page.getByRole('link', { name: 'Back to sign in' }).click();

    await heading(page, 'Sign in').waitFor();
    expect(pages.problems).toEqual([]);
    await pages.close();
  });
});
