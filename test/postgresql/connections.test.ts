import { openDatabase } from '../../src/database.ts';
import { readConfig } from '../../src/read-config.ts';
import { survivesConflicts } from '../support/conflict-promises.ts';
import { newDatabase } from '../support/databases/new-database.ts';

survivesConflicts();

describe('a connection to PostgreSQL', () => {
  const SETTINGS = ['default_transaction_isolation', 'statement_timeout', 'lock_timeout'];

  it.each([
    ['gives up on a statement and on a lock', false, ['read committed', '2s', '2s']],
    ['takes its time where nobody waits', true, ['read committed', '0', '0']],
  ])('RE-6: %s, whatever the operator has set', async (_, withoutTimeouts, expected) => {
    const test = await newDatabase();
    const name = new URL(test.url).pathname.slice(1);
    await test.rows(`alter database "${name}" set statement_timeout = '5min'`);
    await test.rows(`alter database "${name}" set default_transaction_isolation = 'serializable'`);
    const database = await openDatabase(readConfig({ DATABASE_URL: test.url }), { withoutTimeouts });

    const shown = await Promise.all(SETTINGS.map(setting => database.prepareRead(`show ${setting}`)()));
    await database.close();
    await test.drop();

    expect(shown.map(row => Object.values(row as object)[0])).toEqual(expected);
  });

  it('ID-1: is refused in words where the database cannot keep every name', async () => {
    const test = await newDatabase();
    const url = new URL(test.url);
    const name = `${url.pathname.slice(1)}_latin`;
    url.pathname = `/${name}`;
    await test.rows(`create database "${name}" encoding 'LATIN1' locale 'C' template template0`);
    try {
      await expect(openDatabase(readConfig({ DATABASE_URL: url.href }))).rejects.toThrow(
        'DATABASE_URL: a database in LATIN1 cannot keep every name; make one in UTF8.',
      );
    } finally {
      await test.rows(`drop database "${name}" with (force)`);
      await test.drop();
    }
  });

  it('OP-1: says by its code what the server says of a database that nobody has made', async () => {
    const test = await newDatabase();
    const url = new URL(test.url);
    url.pathname = '/nobody_has_made_this';

    const opened = openDatabase(readConfig({ DATABASE_URL: url.href }));
    await expect(opened).rejects.toThrow('DATABASE_URL: the database cannot be opened (3D000); check where it points');
    await test.drop();
  });
});
