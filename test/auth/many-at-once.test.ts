import { ada, type Browser, bob, LOGOUT, PROFILE, startApp, type TestApp } from '../support/app.ts';
import { ENGINE } from '../support/databases/new-database.ts';
import { statementsDuring } from '../support/databases/statements.ts';

const SESSIONS_EACH = 45;

describe('who asks at the same time as many others', () => {
  let app: TestApp;
  let browsers: { browser: Browser; email: string }[];
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    for (const person of [ada, bob]) await app.register(person);
    browsers = [];
    // All at once would be more logins than a service takes that has few cores, and slow ones.
    for (let index = 0; index < SESSIONS_EACH; index++) {
      for (const person of [ada, bob]) browsers.push({ browser: await app.login(person), email: person.email });
    }
  });
  afterAll(() => app.close());

  const emailsOf = async (asking: Browser[]) =>
    (await Promise.all(asking.map(browser => browser.send(PROFILE)))).map(({ data }) => data?.profile?.email ?? null);

  it('SE-1: is told about nobody else', async () => {
    const stranger = () => app.browser({ cookies: { session_id: 'a'.repeat(43) } });
    const asking = browsers.flatMap(({ browser }) => [browser, stranger(), app.browser()]);

    expect(await emailsOf(asking)).toEqual(browsers.flatMap(({ email }) => [email, null, null]));
  });

  it('SE-4: is a visitor once the session has ended, and only who has left is', async () => {
    const leaving = browsers.filter((_, index) => index % 3 === 0);
    // Others ask all the while.
    const [, meanwhile] = await Promise.all([
      Promise.all(leaving.map(({ browser }) => leave(browser))),
      emailsOf(browsers.filter((_, index) => index % 3 !== 0).map(({ browser }) => browser)),
    ]);

    expect(meanwhile).not.toContain(null);
    expect(await emailsOf(browsers.map(({ browser }) => browser))).toEqual(
      browsers.map(({ email }, index) => (index % 3 === 0 ? null : email)),
    );
  });

  it('shares a statement with them, where the database is a server', async () => {
    const asking = browsers.filter((_, index) => index % 3 !== 0).map(({ browser }) => browser);

    const statements = await statementsDuring(() => emailsOf(asking));

    expect(statements.length).toBeLessThanOrEqual(asking.length);
    if (ENGINE !== 'sqlite') expect(statements.length).toBeLessThan(asking.length / 2);
  });
});

/** Signs out, and goes on sending the cookie. */
async function leave(browser: Browser): Promise<void> {
  const kept = { ...browser.cookies };
  await browser.send(LOGOUT);
  Object.assign(browser.cookies, kept);
}
