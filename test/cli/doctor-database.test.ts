import { runCommand } from '../support/commands.ts';
import { cleanDatabase, ENGINE, newDatabase } from '../support/databases/new-database.ts';
import { messages, reportOf } from '../support/doctor.ts';

describe('bienvenue doctor, with a database', () => {
  it('finds no migration pending, and compares the clock of a database server', async () => {
    await using database = disposable(await cleanDatabase());
    await runCommand(['migrate', 'up'], { DATABASE_URL: database.url });
    const found = messages(await reportOf({ DATABASE_URL: database.url, PORT: '0' }), 'ok');

    expect(found).toContain('migrations: No migration is pending.');
    expect(found.filter(message => message.startsWith('clock: '))).toHaveLength(ENGINE === 'sqlite' ? 0 : 1);
  });

  it('says of a new database that the first start creates its tables, and creates none', async () => {
    await using database = disposable(await newDatabase());
    const found = messages(await reportOf({ DATABASE_URL: database.url, PORT: '0' }), 'ok');

    expect(found).toContainEqual(expect.stringMatching(/first start (creates|runs)/));
    const { stdout } = await runCommand(['migrate', 'status'], { DATABASE_URL: database.url });
    expect(stdout.trimEnd().split('\n')).toEqual(expect.arrayContaining([expect.stringMatching(/ pending$/)]));
    expect(stdout).not.toMatch(/\dZ$/m);
  });
});

const disposable = <T extends { drop(): Promise<void> | void }>(database: T) =>
  Object.assign(database, { [Symbol.asyncDispose]: async () => database.drop() });
