import { readdirSync } from 'node:fs';
import { createLog } from '../src/core/log.ts';
import { createAuth } from '../src/create-auth.ts';
import { openDatabase } from '../src/database.ts';
import { optionsFromEnvironment } from '../src/options/environment.ts';
import type { Database } from '../src/persistence/database.ts';
import { migrate, migrationStatus } from '../src/persistence/migrations.ts';
import { newDatabase } from './support/databases/new-database.ts';
import type { TestDatabase } from './support/databases/test-database.ts';
import { changesIn, MIGRATIONS, migrationsOfEngine } from './support/migrations.ts';

const NAMES = migrationsOfEngine.map(({ name }) => name);

describe('the migrations', () => {
  let test: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    test = await newDatabase();
    database = await openDatabase(config());
  });
  afterEach(async () => {
    await database.close();
    await test.drop();
  });
  const config = () => optionsFromEnvironment({ DATABASE_URL: test.url });
  const missing = () => database.orm.schema.getUpdateSchemaSQL({ wrap: false });

  it('are the files of their folder, oldest first, each class named like its file', () => {
    const files = readdirSync(MIGRATIONS).filter(file => /^Migration.*\.ts$/.test(file));

    expect(NAMES).toEqual(files.map(file => file.replace('.ts', '')).sort());
    expect(migrationsOfEngine.map(migration => migration.class.name)).toEqual(NAMES);
  });

  it('create exactly the tables of the entities', async () => {
    expect(changesIn(await missing()).join()).toMatch(/create table .users\W/);

    await migrate(database, 'up');

    expect(changesIn(await missing())).toEqual([]);
    expect(await database.orm.migrator.checkSchema()).toBe(false);
  });

  it('differ from the entities when a column is missing', async () => {
    await migrate(database, 'up');
    await test.rows('alter table users drop column name');

    expect(changesIn(await missing()).join()).toMatch(/alter table .users\W add (column )?.name\W/);
  });

  it('run once, and are reverted one by one, to nothing', async () => {
    expect(await migrate(database, 'up')).toEqual(NAMES);
    expect(await migrate(database, 'up')).toEqual([]);
    expect((await migrationStatus(database)).every(({ executedAt }) => executedAt instanceof Date)).toBe(true);

    for (const name of NAMES.toReversed()) expect(await migrate(database, 'down')).toEqual([name]);

    expect(await migrate(database, 'down')).toEqual([]);
    expect((await migrationStatus(database)).map(({ executedAt }) => executedAt)).toEqual(NAMES.map(() => null));
    expect(await test.tables()).toEqual(['bienvenue_migrations']);
  });

  describe('recorded in the default table of MikroORM by an earlier version', () => {
    const HOST = 'Migration20270101000000_host';
    const DEFAULT_TABLE = 'mikro_orm_migrations';
    const recorded = async (table: string) =>
      (await test.rows(`select name from ${table} order by name`)).map(({ name }) => name);
    beforeEach(async () => {
      await migrate(database, 'up');
      await database.close();
      await test.rows(`alter table bienvenue_migrations rename to ${DEFAULT_TABLE}`);
      database = await openDatabase(config());
    });

    it('are known before anything is changed', async () => {
      expect((await migrationStatus(database)).every(({ executedAt }) => executedAt instanceof Date)).toBe(true);
      expect(await test.tables()).not.toContain('bienvenue_migrations');
    });

    it('move to a table of their own, with their times', async () => {
      const before = await migrationStatus(database);

      expect(await migrate(database, 'up')).toEqual([]);

      expect(await recorded('bienvenue_migrations')).toEqual(NAMES);
      expect(await migrationStatus(database)).toEqual(before);
      expect(await test.tables()).not.toContain(DEFAULT_TABLE);
    });

    it('leave the records of a host program where they are', async () => {
      await test.rows(`insert into ${DEFAULT_TABLE} (name) values ('${HOST}')`);

      expect(await migrate(database, 'up')).toEqual([]);
      expect(await recorded(DEFAULT_TABLE)).toEqual([HOST]);

      expect(await migrate(database, 'down')).toEqual(NAMES.slice(-1));
      expect(await migrate(database, 'up')).toEqual(NAMES.slice(-1));
      expect(await recorded('bienvenue_migrations')).toEqual(NAMES);
      expect(await recorded(DEFAULT_TABLE)).toEqual([HOST]);
    });

    it('run to the end where some were pending', async () => {
      await migrate(database, 'down');
      await database.close();
      await test.rows(`alter table bienvenue_migrations rename to ${DEFAULT_TABLE}`);
      database = await openDatabase(config());

      expect(await migrate(database, 'up')).toEqual(NAMES.slice(-1));
      expect(await recorded('bienvenue_migrations')).toEqual(NAMES);
    });
  });

  it('OP-2: run once when several services start at the same time on one new database', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: line => void lines.push(JSON.parse(line).msg) });
    const starts = await Promise.allSettled(['a', 'b', 'c'].map(() => createAuth(config(), { log })));

    for (const start of starts) if (start.status === 'fulfilled') await start.value.close();

    expect(starts.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(lines).toEqual(NAMES.map(() => 'migrated'));
  });
});
