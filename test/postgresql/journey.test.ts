import {
  ada,
  bob,
  LOGIN,
  type Person,
  PROFILE,
  REGISTER,
  RESET_PASSWORD,
  startApp,
  TestClock,
} from '../support/app.ts';
import { MysqlDatabase } from '../support/databases/mysql.ts';
import { PostgresqlDatabase } from '../support/databases/postgresql.ts';
import { SqliteDatabase } from '../support/databases/sqlite.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { exportOf, importInto } from '../support/exports.ts';
import { NAUGHTY } from '../support/hostile-values.ts';

const NAMES = [...NAUGHTY, 'O\'Hara "the \\" \\n \\\\', '%_?:$1', '\u{1f469}\u200d\u{1f680}', '\u{1f600}'.repeat(200)];
const AT_ONCE = 16;
const mallory: Person = { email: 'mallory@example.org', password: 'a password that is not it' };

describe('SQLite, PostgreSQL, MySQL, SQLite', () => {
  const databases: TestDatabase[] = [];
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });

  it('moves all data without a change, and every user is still signed in', async () => {
    databases.push(await SqliteDatabase.create(), await PostgresqlDatabase.take({ once: true }));
    databases.push(await MysqlDatabase.take({ once: true }), await SqliteDatabase.create());
    const [source, ...stops] = databases as [TestDatabase, ...TestDatabase[]];
    const clock = new TestClock();
    const names = await nameEverybody(source, clock);
    const clients = await createActivity(source, clock);

    const exported = await exportOf(source);
    let last = exported;
    for (const stop of stops) {
      expect(await importInto(stop, last)).toMatchObject({ code: 0, stderr: '' });
      last = await exportOf(stop);
      expect(linesThatDiffer(exported, last)).toEqual([]);
    }

    expect(names.length).toBeGreaterThan(NAUGHTY.length / 2);
    for (const name of names) expect(exported).toContain(`"name":${JSON.stringify(name)},`);
    for (const stop of stops) await verifyActivity(stop, clock, clients);
  });

  /** The first differing line of both exports. */
  function linesThatDiffer(one: string, two: string): string[][] {
    const [ones, twos] = [one.split('\n'), two.split('\n')];
    const pairs = Array.from({ length: Math.max(ones.length, twos.length) }, (_, row) => [
      `${ones[row]}`,
      `${twos[row]}`,
    ]);
    return pairs.filter(([a, b]) => a !== b).slice(0, 3);
  }

  /** Returns the names of the copied tables. */
  async function nameEverybody(database: TestDatabase, clock: TestClock): Promise<string[]> {
    const app = await startApp({ database, ports: { clock }, env: { BIENVENUE_RATE_LIMITS: 'off' } });
    const taken: string[] = [];
    const waiting = NAMES.map((name, number) => ({ ...ada, name, email: `naughty${number}@example.org` }));
    while (waiting.length > 0) {
      const pending = waiting.splice(0, AT_ONCE).map(person => app.browser().send(REGISTER, { ...person }));
      for (const { data } of await Promise.all(pending)) {
        const name = data?.register?.user?.name;
        if (name) taken.push(name);
      }
    }
    await app.close();
    return taken;
  }

  interface Clients {
    cookies: Record<string, string>[];
    resetToken: string;
  }

  /** Ada signs in twice and requests a reset; a client guesses Bob's password until it is rate limited. */
  async function createActivity(database: TestDatabase, clock: TestClock): Promise<Clients> {
    const app = await startApp({ database, ports: { clock } });
    const browsers = [await app.register(ada), await app.login(ada), await app.register(bob)];
    const resetToken = await app.resetToken(ada.email);
    while ((await app.browser().send(LOGIN, { ...bob, password: mallory.password })).code !== 'RATE_LIMITED');
    await app.close();
    return { cookies: browsers.map(browser => ({ ...browser.cookies })), resetToken };
  }

  async function verifyActivity(
    database: TestDatabase,
    clock: TestClock,
    { cookies, resetToken }: Clients,
  ): Promise<void> {
    const app = await startApp({ database, ports: { clock } });
    const profiles = await Promise.all(cookies.map(kept => app.browser({ cookies: kept }).send(PROFILE)));
    const guess = await app.browser().send(LOGIN, { ...bob, password: mallory.password });
    const reset = await app.browser().send(RESET_PASSWORD, { token: resetToken, newPassword: 'a newer one of hers' });
    const login = await app.browser().send(LOGIN, { ...ada, password: 'a newer one of hers' });
    await app.close();

    expect(profiles.map(({ data }) => data.profile?.email)).toEqual([ada.email, ada.email, bob.email]);
    expect(guess.code).toBe('RATE_LIMITED');
    expect([reset.errors, login.errors]).toEqual([undefined, undefined]);
  }
});
