import mysql from 'mysql2/promise';
import { openDatabase } from '../../src/database.ts';
import { migrate } from '../../src/persistence/migrations.ts';
import { newDatabase } from '../support/databases/new-database.ts';
import { migrationsOfEngine } from '../support/migrations.ts';
import { until } from '../support/until.ts';

describe('on a cluster, where no lock keeps two processes from migrating at the same time', () => {
  it('OP-2: a migration continues when another process was first with one of its statements', async () => {
    const test = await newDatabase();
    const database = await openDatabase({ databaseUrl: test.url, databasePool: 5 }, { withoutTimeouts: true });
    await migrate(database, 'up');
    for (let reverted = 1; reverted < migrationsOfEngine.length; reverted++) await migrate(database, 'down');
    const other = await mysql.createConnection({ uri: test.url });
    await other.query('lock tables outbox write');

    const migrated = migrate(database, 'up');
    await until(async () => (await test.rows(WAITING)).length > 0);
    await other.query('alter table outbox add payload varchar(2000) null');
    await other.end();

    expect(await migrated).toEqual(migrationsOfEngine.slice(1).map(({ name }) => name));
    await database.close();
    await test.drop();
  });
});

/** Statements that add the same column, and wait for the lock. */
const WAITING = `select id from information_schema.processlist
  where db = database() and state like 'Waiting for table metadata lock%' and info like 'alter table %payload%'`;
