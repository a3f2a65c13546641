import type { Page, Request, Route } from 'playwright-core';
import { ada, bob, LOGIN, newPerson, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { Gate } from '../support/hasher.ts';
import { AccountPages, fill, heading, navigate, press, signIn } from './account-pages.ts';

const GRAPHQL = '**/graphql';

describe('account pages, when something fails', () => {
  let pages: AccountPages;
  let page: Page;
  beforeAll(async () => {
    pages = await AccountPages.start();
    await pages.app.register(ada);
    await pages.app.register(bob);
  });
  beforeEach(async () => {
    page = await (await pages.visitor()).newPage();
  });
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.close());

  async function openSignIn(): Promise<void> {
    await page.goto('/account/sign-in');
    await heading(page, 'Sign in').waitFor();
  }

  const entered = () =>
    Promise.all(['Email address', 'Password'].map(label => page.getByLabel(label, { exact: true }).inputValue()));

  it('without a connection: says so, keeps what was typed, and works when it is back', async () => {
    await openSignIn();
    await page.context().setOffline(true);
    await signIn(page, ada);

    await page.getByText(/The server cannot be reached.*What you entered is still here\./).waitFor();
    expect(await entered()).toEqual([ada.email, ada.password]);
    await page.context().setOffline(false);
    await press(page, 'Sign in');
    await heading(page, 'Profile').waitFor();
  });

  it('without a connection, where the files of a page are missing: says so, and loads it when it is back', async () => {
    page = await (await pages.user(ada)).newPage();
    await page.goto('/account');
    await heading(page, 'Profile').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Activity', exact: true }).click();

    await page.getByText('The server cannot be reached. Please check your connection, then try again.').waitFor();
    await page.context().setOffline(false);
    await press(page, 'Load the page again');
    await heading(page, 'Activity').waitFor();
  });

  it('without a server: a page says so and loads when asked again', async () => {
    page = await (await pages.user(ada)).newPage();
    await page.clock.install();
    await page.route(GRAPHQL, route => route.abort());
    await page.goto('/account/sessions');

    // The client tries again twice before it gives up.
    await letTimePass(page, heading(page, 'This page could not be loaded'));
    await page.getByText('The server cannot be reached. Please check your connection, then try again.').waitFor();
    await page.unroute(GRAPHQL);
    await press(page, 'Try again');
    await heading(page, 'Sessions').waitFor();
  });

  it('a slow server: the form says so, and the person may stop waiting', async () => {
    await page.clock.install();
    await openSignIn();
    const held = await hold(page);
    await signIn(page, ada);
    await held.reached;

    await letTimePass(page, page.getByText('This is taking longer than usual. We are still trying.'));
    await press(page, 'Stop waiting');
    await page.getByText('You stopped waiting. It may still have worked.').waitFor();
    expect(await entered()).toEqual([ada.email, ada.password]);
    held.release();
    await press(page, 'Sign in');
    await heading(page, 'Profile').waitFor();
  });

  it('a slow server: the page says so, and loads when asked again', async () => {
    page = await (await pages.user(ada)).newPage();
    await page.clock.install();
    const held = await hold(page);
    await page.goto('/account');
    await held.reached;

    await letTimePass(page, page.getByText('This is taking longer than usual.'));
    await press(page, 'Try again');
    await heading(page, 'Profile').waitFor();
    held.release();
  });

  it.each([
    { what: 'a page of a proxy', status: 502, body: '<h1>Bad gateway</h1>', text: /^The service is not available/ },
    { what: 'an unexpected error', status: 500, body: 'oops', text: /^Something went wrong on our side/ },
    {
      what: 'the code of a newer server',
      status: 200,
      body: answer({ code: 'USE_SINGLE_SIGN_ON' }, 'Your company has its own sign-in page.'),
      text: 'Your company has its own sign-in page.',
    },
  ])('$what: the form says what to do, and works afterwards', async ({ status, body, text }) => {
    await openSignIn();
    await page.route(GRAPHQL, respond(body, status));
    await signIn(page, ada);

    await page.getByRole('alert').getByText(text).waitFor();
    expect(await entered()).toEqual([ada.email, ada.password]);
    await page.unroute(GRAPHQL);
    await press(page, 'Sign in');
    await heading(page, 'Profile').waitFor();
  });

  it('too many attempts: counts down, sends nothing meanwhile, then signs in', async () => {
    const guesser = pages.app.browser();
    for (;;) {
      const { code, retryAfter } = await guesser.send(LOGIN, { email: bob.email, password: 'not the password' });
      if (code === 'RATE_LIMITED' && Number(retryAfter) > 60) break;
      if (code === 'RATE_LIMITED') pages.app.clock.advance({ seconds: Number(retryAfter) });
    }
    await page.clock.install();
    await openSignIn();
    await signIn(page, bob);

    await page.getByText(/^You can try again in 1\d min, \d+ sec\.$/).waitFor();
    const sent = operations(page);
    await page.getByRole('button', { name: 'Sign in' }).click({ force: true });
    await page.getByLabel('Password', { exact: true }).press('Enter');
    expect(await entered()).toEqual([bob.email, bob.password]);
    await page.clock.fastForward('16:00');
    await page.getByRole('alert').getByText('You can try again now.').waitFor();
    expect(sent).toEqual([]);
    pages.app.clock.advance({ minutes: 16 });
    await press(page, 'Sign in');
    await heading(page, 'Profile').waitFor();
  });

  it('a busy server: waits a few seconds by itself, and longer with a countdown', async () => {
    await page.clock.install();
    await openSignIn();
    let answers = 0;
    await page.route(GRAPHQL, route => {
      answers += 1;
      return respond(answer({ code: 'BUSY', retryAfter: answers < 3 ? 5 : 120 }))(route);
    });
    await signIn(page, ada);

    await letTimePass(page, page.getByText(/^You can try again in/));
    expect(answers).toBe(3);
    await page.unroute(GRAPHQL);
    await page.clock.fastForward('02:01');
    await page.getByRole('alert').getByText('You can try again now.').waitFor();
    await press(page, 'Sign in');
    await heading(page, 'Profile').waitFor();
  });

  it('a double submit sends once', async () => {
    const person = newPerson();
    await page.goto('/account/register');
    await fill(page, { Name: 'A User', 'Email address': person.email, Password: person.password });
    const sent = operations(page);
    const held = await hold(page);

    await page.getByRole('button', { name: 'Create account' }).dblclick();
    await page.getByLabel('Password', { exact: true }).press('Enter');
    await held.reached;
    held.release();
    await heading(page, 'Profile').waitFor();
    expect(sent.filter(name => name === 'Register')).toHaveLength(1);
  });

  it('a refused form keeps what was typed and says why beside each field', async () => {
    await page.goto('/account/register');
    await fill(page, { Name: 'A User', 'Email address': 'a@b@example.org', Password: 'short' });
    await press(page, 'Create account');

    await page.getByText('Please use at least 8 characters.').waitFor();
    await page.getByText('This is not an email address.').waitFor();
    expect(await entered()).toEqual(['a@b@example.org', 'short']);
    await fill(page, { 'Email address': ada.email, Password: 'seven quiet lanterns drift' });
    await press(page, 'Create account');
    await page.getByText(/There is already an account with this address/).waitFor();
  });

  describe('a link', () => {
    const newLink = async () => {
      const person = newPerson();
      await pages.app.register(person);
      await pages.app.browser().send(REQUEST_PASSWORD_RESET, { email: person.email });
      return pages.mailedLink(person.email, '/reset-password');
    };
    async function setPassword(link: string): Promise<void> {
      await page.goto(link);
      await fill(page, { 'New password': 'seven quiet lanterns drift' });
      await press(page, 'Set new password');
    }

    it('that was used, or cut off on its way, is said not to work, and a new one is offered (RS-2, RS-7)', async () => {
      const link = await newLink();
      await setPassword(link);
      await heading(page, 'Your new password is set').waitFor();
      for (const other of [link, link.slice(0, -9)]) {
        await setPassword(other);
        await heading(page, 'This link no longer works').waitFor();
        await page.getByRole('link', { name: 'Request a new link' }).click();
        await heading(page, 'Forgotten your password?').waitFor();
      }
    });

    it('that has expired is said not to work (RS-3)', async () => {
      const link = await newLink();
      pages.app.clock.advance({ minutes: 31 });
      await setPassword(link);
      await heading(page, 'This link no longer works').waitFor();
    });

    it.each(['/reset-password', '/verify-email?token=', '/confirm-email?token=%20', '/revert-email?tok'])(
      '%s is said to be incomplete, with the next step',
      async path => {
        await page.goto(path);
        await heading(page, 'This link is incomplete').waitFor();
        await page.getByRole('main').getByRole('link').click();
        await page.getByRole('main').getByLabel('Email address').waitFor();
      },
    );

    it('still works after an attempt without a connection', async () => {
      const link = await newLink();
      await page.route(GRAPHQL, route => route.abort());
      await setPassword(link);
      await page.getByText(/The server cannot be reached/).waitFor();
      await page.unroute(GRAPHQL);
      await press(page, 'Set new password');
      await heading(page, 'Your new password is set').waitFor();
    });
  });

  it('a page whose files do not arrive says so, and loads again', async () => {
    await openSignIn();
    await page.route('**/assets/register-*.js', route => route.abort());
    await page.getByRole('link', { name: 'Create account' }).click();
    await heading(page, 'Something went wrong').waitFor();
    await page.unroute('**/assets/register-*.js');
    await press(page, 'Load the page again');
    await heading(page, 'Create your account').waitFor();
  });

  it('?next= leads to pages of the service only (CS-6)', async () => {
    page = await (await pages.user(ada)).newPage();
    const hostile = [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/.//evil.example',
      '/account/..//evil.example',
      'javascript:alert(1)',
      ' //evil.example',
      'account/sessions',
    ];
    for (const next of hostile) {
      await page.goto(`/account/sign-in?next=${encodeURIComponent(next)}`);
      await heading(page, 'Profile').waitFor();
      expect([next, page.url()]).toEqual([next, `${pages.app.url}/account`]);
    }
    await press(page, 'Sign out');
    await page.goto(`/account/sign-in?next=${encodeURIComponent('//evil.example')}`);
    await signIn(page, ada);
    await heading(page, 'Profile').waitFor();
    expect(page.url()).toBe(`${pages.app.url}/account`);
    expect(pages.problems).toEqual([]);
  });

  it('a person who has to sign in first comes to the page that they wanted', async () => {
    await page.goto('/account/sessions');
    await heading(page, 'Sign in').waitFor();
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, ada);
    await heading(page, 'Sessions').waitFor();
    await navigate(page, 'Activity');
  });

  it('a late response of a cancelled confirmation does not close the next one', async () => {
    page = await (await pages.user(ada)).newPage();
    pages.app.clock.advance({ minutes: 6 });
    await page.goto('/account/delete');
    await fill(page, { 'Your email address, to confirm': ada.email });
    await press(page, 'Delete account');
    const dialog = page.getByRole('dialog', { name: 'Confirm your password' });
    await dialog.getByLabel('Password', { exact: true }).fill(ada.password);
    const held = await hold(page);
    await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
    await held.reached;
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await press(page, 'Delete account');
    await dialog.waitFor();

    const late = page.waitForResponse(response => response.request().postData()?.includes('reauthenticate') ?? false);
    held.release();
    await (await late).finished();
    await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 100)));
    expect(await dialog.count()).toBe(1);
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  });
});

/** The clock of the page goes on until something is shown. */
async function letTimePass(page: Page, shown: { isVisible(): Promise<boolean> }): Promise<void> {
  while (!(await shown.isVisible())) await page.clock.fastForward(5000);
}

/** Holds the next request back until the gate is released. */
async function hold(page: Page): Promise<Gate> {
  const gate = new Gate();
  let count = 0;
  await page.route(GRAPHQL, async route => {
    count += 1;
    if (count === 1) await gate.pass();
    // The page may have given up meanwhile.
    await route.continue().catch(() => undefined);
  });
  return gate;
}

/** The operations that the page sends from now on. */
function operations(page: Page): string[] {
  const names: string[] = [];
  page.on('request', (request: Request) => {
    const { operationName } = request.postDataJSON() ?? {};
    if (operationName) names.push(operationName);
  });
  return names;
}

function answer(extensions: Record<string, unknown>, message = 'No.'): string {
  return JSON.stringify({ errors: [{ message, extensions }] });
}

function respond(body: string, status = 200): (route: Route) => Promise<void> {
  const contentType = body.startsWith('{') ? 'application/json' : 'text/html';
  return route => route.fulfill({ status, contentType, body });
}
