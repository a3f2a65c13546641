import { openDatabase } from '../../src/database.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import { migrate } from '../../src/persistence/migrations.ts';
import { testConflictContract } from '../support/conflict-contract.ts';
import { newDatabase } from '../support/databases/new-database.ts';

testConflictContract();

describe('a connection to PostgreSQL', () => {
  const SETTINGS = ['default_transaction_isolation', 'statement_timeout', 'lock_timeout'];

  it.each([
    ['limits the time of a statement and of a lock', false, ['read committed', '2s', '2s']],
    ['has no time limits for migrations', true, ['read committed', '0', '0']],
  ])('RE-6: %s, whatever the defaults of the server are', async (_, withoutTimeouts, expected) => {
    const test = await newDatabase();
    const name = new URL(test.url).pathname.slice(1);
    await test.rows(`alter database "${name}" set statement_timeout = '5min'`);
    await test.rows(`alter database "${name}" set default_transaction_isolation = 'serializable'`);
    const database = await openDatabase(optionsFromEnvironment({ DATABASE_URL: test.url }), { withoutTimeouts });

    const shown = await Promise.all(SETTINGS.map(setting => database.prepareRead(`show ${setting}`)()));
    await database.close();
    await test.drop();

    expect(shown.map(row => Object.values(row as object)[0])).toEqual(expected);
  });

  it('ID-1: refuses a database whose encoding cannot store every name', async () => {
    const test = await newDatabase();
    const url = new URL(test.url);
    const name = `${url.pathname.slice(1)}_latin`;
    url.pathname = `/${name}`;
    await test.rows(`create database "${name}" encoding 'LATIN1' locale 'C' template template0`);
    try {
      await expect(openDatabase(optionsFromEnvironment({ DATABASE_URL: url.href }))).rejects.toThrow(
        'DATABASE_URL: a database in LATIN1 cannot store every name; create one in UTF8.',
      );
    } finally {
      await test.rows(`drop database "${name}" with (force)`);
      await test.drop();
    }
  });

  it('RE-3: fails a ping within a second, before the engine gives up on its statement', async () => {
    const test = await newDatabase();
    const database = await openDatabase(optionsFromEnvironment({ DATABASE_URL: test.url }));
    await migrate(database, 'up');
    await database.ping();
    await test.rows('begin');
    await test.rows('lock table users in access exclusive mode');

    await expect(database.ping()).rejects.toMatchObject({ code: 'TIMEOUT' });

    await test.rows('rollback');
    await database.ping();
    await database.close();
    await test.drop();
  });

  it('OP-1: refuses a database that does not exist, with the error code of the server', async () => {
    const test = await newDatabase();
    const url = new URL(test.url);
    url.pathname = '/does_not_exist';

    const opened = openDatabase(optionsFromEnvironment({ DATABASE_URL: url.href }));
    await expect(opened).rejects.toThrow('DATABASE_URL: the database cannot be opened (3D000); check the URL');
    await test.drop();
  });
});
