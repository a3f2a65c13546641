import { ada, bob, startApp } from './support/app.ts';
import { runCommand } from './support/commands.ts';
import { newDatabase } from './support/databases/new-database.ts';
import type { TestDatabase } from './support/databases/test-database.ts';

describe('bienvenue check', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await newDatabase();
    const app = await startApp({ database });
    await app.register(ada);
    await app.register(bob);
    await app.close();
  });
  afterAll(() => database.drop());
  const check = () => runCommand(['check'], { DATABASE_URL: database.url, PORT: '0' });

  it('ID-4: finds nothing where every stored address is the one of its account', async () => {
    expect(await check()).toEqual({
      code: 0,
      stdout: 'accounts whose stored address cannot receive mail: 0\n',
      stderr: '',
    });
  });

  it('ID-4: lists accounts that an earlier version stored with an address of another domain', async () => {
    await database.rows('update users set email = ? where canonical_email = ?', 'bob@example.or\ng', bob.email);

    const { code, stdout } = await check();

    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^[\da-f-]{36} {2}stored address "bob@example\.or\\ng", canonical address "bob@example\.org"\n/,
    );
    expect(stdout).toMatch(/\naccounts whose stored address cannot receive mail: 1\n$/);
  });
});
