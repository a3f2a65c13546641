import { ada, type Browser, bob, LOGOUT, PROFILE, sessionOf, startApp, type TestApp } from '../support/app.ts';
import { ENGINE } from '../support/databases/new-database.ts';
import { statementsDuring } from '../support/databases/statements.ts';

const SESSIONS_EACH = 45;

describe('parallel requests', () => {
  let app: TestApp;
  let browsers: { browser: Browser; email: string }[];
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    for (const person of [ada, bob]) await app.register(person);
    browsers = [];
    for (let index = 0; index < SESSIONS_EACH; index++) {
      for (const person of [ada, bob]) browsers.push({ browser: await app.login(person), email: person.email });
    }
  });
  afterAll(() => app.close());

  const emailsOf = async (clients: Browser[]) =>
    (await Promise.all(clients.map(browser => browser.send(PROFILE)))).map(({ data }) => data?.profile?.email ?? null);

  it('SE-1: each return their own user', async () => {
    const unknownSession = () => app.browser({ cookies: { session_id: 'a'.repeat(43) } });
    const clients = browsers.flatMap(({ browser }) => [browser, unknownSession(), app.browser()]);

    expect(await emailsOf(clients)).toEqual(browsers.flatMap(({ email }) => [email, null, null]));
  });

  it('SE-4: are anonymous only after their own logout', async () => {
    const leaving = browsers.filter((_, index) => index % 3 === 0);
    // The others keep sending requests.
    const [, meanwhile] = await Promise.all([
      Promise.all(leaving.map(({ browser }) => leave(browser))),
      emailsOf(browsers.filter((_, index) => index % 3 !== 0).map(({ browser }) => browser)),
    ]);

    expect(meanwhile).not.toContain(null);
    expect(await emailsOf(browsers.map(({ browser }) => browser))).toEqual(
      browsers.map(({ email }, index) => (index % 3 === 0 ? null : email)),
    );
  });

  it('share statements on a database server', async () => {
    const contexts = () =>
      browsers.map(({ browser }) => {
        const headers = { cookie: `session_id=${sessionOf(browser)}` };
        return app.auth.context({ request: new Request(app.url, { headers }) });
      });

    const statements = await statementsDuring(() => Promise.all(contexts()));

    expect(statements.length).toBeGreaterThan(0);
    expect(statements.length).toBeLessThanOrEqual(browsers.length);
    if (ENGINE !== 'sqlite') expect(statements.length).toBeLessThan(browsers.length / 2);
  });
});

/** Signs out and keeps sending the cookie. */
async function leave(browser: Browser): Promise<void> {
  const kept = { ...browser.cookies };
  await browser.send(LOGOUT);
  Object.assign(browser.cookies, kept);
}
