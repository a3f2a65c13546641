import { readdirSync } from 'node:fs';
import { createLog } from '../src/core/log.ts';
import { createAuth } from '../src/create-auth.ts';
import { openDatabase } from '../src/database.ts';
import type { Database } from '../src/persistence/database.ts';
import { migrate, migrationStatus } from '../src/persistence/migrations.ts';
import { readConfig } from '../src/read-config.ts';
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
  const config = () => readConfig({ DATABASE_URL: test.url });
  const missing = () => database.orm.schema.getUpdateSchemaSQL({ wrap: false });

  it('are the files of their folder, oldest first, each under its own name', () => {
    const files = readdirSync(MIGRATIONS).filter(file => /^Migration.*\.ts$/.test(file));

    expect(NAMES).toEqual(files.map(file => file.replace('.ts', '')).sort());
    expect(migrationsOfEngine.map(migration => migration.class.name)).toEqual(NAMES);
  });

  it('make exactly the tables that the entities describe', async () => {
    expect(changesIn(await missing()).join()).toMatch(/create table .users\W/);

    await migrate(database, 'up');

    expect(changesIn(await missing())).toEqual([]);
    expect(await database.orm.migrator.checkSchema()).toBe(false);
  });

  it('are seen to differ from the entities when a column is gone', async () => {
    await migrate(database, 'up');
    await test.rows('alter table users drop column name');

    expect(changesIn(await missing()).join()).toMatch(/alter table .users\W add (column )?.name\W/);
  });

  it('run once, and are taken back one by one, to nothing', async () => {
    expect(await migrate(database, 'up')).toEqual(NAMES);
    expect(await migrate(database, 'up')).toEqual([]);
    expect((await migrationStatus(database)).every(({ executedAt }) => executedAt instanceof Date)).toBe(true);

    for (const name of NAMES.toReversed()) expect(await migrate(database, 'down')).toEqual([name]);

    expect(await migrate(database, 'down')).toEqual([]);
    expect((await migrationStatus(database)).map(({ executedAt }) => executedAt)).toEqual(NAMES.map(() => null));
    expect(await test.tables()).toEqual(['bienvenue_migrations']);
  });

  it('OP-2: run once, however many start at the same time on one new database', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: line => void lines.push(JSON.parse(line).msg) });
    const starts = await Promise.allSettled(['a', 'b', 'c'].map(() => createAuth(config(), { log })));

    for (const start of starts) if (start.status === 'fulfilled') await start.value.close();

    expect(starts.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(lines).toEqual(NAMES.map(() => 'migrated'));
  });
});
