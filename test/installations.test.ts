import { ada, LOGIN, startApp, type TestApp } from './support/app.ts';

const TABLES_OF_PEOPLE = ['users', 'sessions', 'tokens', 'outbox'];

describe('two new installations', () => {
  let one: TestApp;
  let two: TestApp;
  beforeEach(async () => {
    [one, two] = await Promise.all([startApp(), startApp()]);
  });
  afterEach(async () => {
    await one.close();
    await two.close();
  });

  it('AZ-4: have no account, and accept no default credentials', async () => {
    for (const table of TABLES_OF_PEOPLE) expect(await one.rows(`select * from ${table}`)).toEqual([]);

    for (const [email, password] of [
      ['admin@example.org', 'admin'],
      ['admin@localhost', 'password'],
      ['root@localhost', 'changeme'],
    ]) {
      expect(await one.browser().send(LOGIN, { email, password })).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    }
  });

  it('AZ-4: share no secret, although the same user does the same in both', async () => {
    const [here, there] = await Promise.all([one, two].map(secretsAfterUse));

    expect(here?.length).toBeGreaterThanOrEqual(8);
    expect(here?.filter(value => there?.includes(value))).toEqual([]);
  });

  it('AZ-4: refuse sessions of each other', async () => {
    const { cookies } = await one.register(ada);
    await two.register(ada);

    const { status } = await two.browser({ cookies }).fetch('/profile');

    expect(status).toBe(403);
  });
});

/** Every value that could be a secret or derived from one: long stored values, cookies and the reset token. */
async function secretsAfterUse(app: TestApp): Promise<string[]> {
  const { cookies } = await app.register(ada);
  const token = await app.resetToken(ada.email);
  const stored = (await app.database.contents(...TABLES_OF_PEOPLE)).flat().flatMap(row => Object.values(row));
  const long = stored.filter(value => typeof value === 'string' && value.length > 20);
  return [...Object.values(cookies), token, ...(long as string[])];
}
