import { openDatabase } from '../../src/database.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import { migrate } from '../../src/persistence/migrations.ts';
import { testConflictContract } from '../support/conflict-contract.ts';
import { newDatabase } from '../support/databases/new-database.ts';

testConflictContract();

describe('a connection to MariaDB', () => {
  const SETTINGS =
    'select @@tx_isolation as isolation, @@innodb_lock_wait_timeout as locks, @@max_statement_time as statements';

  it.each([
    ['limits the time of a statement and of a lock', false, { isolation: 'READ-COMMITTED', locks: 2, statements: 2 }],
    ['has no time limits for migrations', true, { isolation: 'READ-COMMITTED', locks: 50, statements: 0 }],
  ])('RE-6: %s', async (_, withoutTimeouts, expected) => {
    const test = await newDatabase();
    const database = await openDatabase(optionsFromEnvironment({ DATABASE_URL: test.url }), { withoutTimeouts });

    const shown = await database.prepareRead<typeof expected>(SETTINGS)();
    await database.close();
    await test.drop();

    expect(shown && { ...shown, statements: Number(shown.statements) }).toEqual(expected);
  });

  it('ID-1: compares byte by byte and truncates nothing, whatever the defaults of database and server are', async () => {
    const test = await newDatabase();
    await test.rows(`alter database character set latin1 collate latin1_swedish_ci`);
    const database = await openDatabase(optionsFromEnvironment({ DATABASE_URL: test.url }));
    await migrate(database, 'up');
    const insert = (email: string, name: string) =>
      database.orm.em
        .fork()
        .execute(`insert into users (id, email, canonical_email, name, created_at) values (uuid(), ?, ?, ?, 0)`, [
          email,
          email,
          name,
        ]);

    await insert('e@example.org', '\u{1f600}');
    await insert('\u00e9@example.org', '\u0141ukasz');
    await insert('E@example.org', 'E');
    await expect(insert('long@example.org', 'x'.repeat(201))).rejects.toMatchObject({ errno: 1406 });
    const names = (await test.rows('select name from users')).map(({ name }) => name).toSorted();
    await database.close();
    await test.drop();

    expect(names).toEqual(['E', '\u0141ukasz', '\u{1f600}'].toSorted());
  });

  it('RE-3: fails a ping within a second, before the engine gives up on its statement', async () => {
    const test = await newDatabase();
    const database = await openDatabase(optionsFromEnvironment({ DATABASE_URL: test.url }));
    await migrate(database, 'up');
    await database.ping();
    await test.rows('lock tables users write');

    await expect(database.ping()).rejects.toMatchObject({ code: 'TIMEOUT' });

    await test.rows('unlock tables');
    await database.ping();
    await database.close();
    await test.drop();
  });

  it('OP-1: refuses a database that does not exist, with the error code of the server', async () => {
    const test = await newDatabase();
    const url = new URL(test.url);
    url.pathname = '/does_not_exist';

    const opened = openDatabase(optionsFromEnvironment({ DATABASE_URL: url.href }));
    await expect(opened).rejects.toThrow(
      'DATABASE_URL: the database cannot be opened (ER_BAD_DB_ERROR); check the URL',
    );
    await test.drop();
  });
});
