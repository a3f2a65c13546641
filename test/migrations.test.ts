import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrations } from '../schema/migrations/sqlite/index.ts';
import { readConfig } from '../src/config.ts';
import { createAuth } from '../src/create-auth.ts';
import { type Database, migrate, migrationStatus, openDatabase } from '../src/database.ts';
import { createLog } from '../src/log.ts';
import { Folder } from './support/folder.ts';
import './support/sqlite-errors.ts';

const NAMES = migrations.map(({ name }) => name);

describe('the migrations', () => {
  let folder: Folder;
  let database: Database;
  beforeEach(async () => {
    folder = new Folder();
    database = await openDatabase(config());
  });
  afterEach(async () => {
    await database.close();
    folder.remove();
  });
  const config = (file = 'test.sqlite') => readConfig({ DATABASE_URL: `sqlite:${join(folder.path, file)}` });
  const run = (sql: string) => database.orm.em.getConnection().execute<{ name: string }[]>(sql);
  const missing = () => database.orm.schema.getUpdateSchemaSQL({ wrap: false });

  it('are the files of their folder, oldest first, each under its own name', () => {
    const files = readdirSync('schema/migrations/sqlite').filter(file => /^Migration.*\.ts$/.test(file));

    expect(NAMES).toEqual(files.map(file => file.replace('.ts', '')).sort());
    expect(migrations.map(migration => migration.class.name)).toEqual(NAMES);
  });

  it('make exactly the tables that the entities describe', async () => {
    expect(await missing()).toContain('create table `users`');

    await migrate(database, 'up');

    expect(await missing()).toBe('');
    expect(await database.orm.migrator.checkSchema()).toBe(false);
  });

  it('are seen to differ from the entities when a column is gone', async () => {
    await migrate(database, 'up');
    await run('alter table users drop column name');

    expect(await missing()).toMatch(/alter table `users` add column `name`/);
  });

  it('run once, and are taken back one by one, to nothing', async () => {
    expect(await migrate(database, 'up')).toEqual(NAMES);
    expect(await migrate(database, 'up')).toEqual([]);
    expect((await migrationStatus(database)).every(({ executedAt }) => executedAt instanceof Date)).toBe(true);

    for (const name of NAMES.toReversed()) expect(await migrate(database, 'down')).toEqual([name]);

    expect(await migrate(database, 'down')).toEqual([]);
    expect((await migrationStatus(database)).map(({ executedAt }) => executedAt)).toEqual(NAMES.map(() => null));
    const left = await run("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'");
    expect(left).toEqual([{ name: 'mikro_orm_migrations' }]);
  });

  it('OP-2: run once, however many start at the same time on one new file', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: line => void lines.push(JSON.parse(line).msg) });
    const starts = await Promise.allSettled(['a', 'b', 'c'].map(() => createAuth(config('shared.sqlite'), { log })));

    for (const start of starts) if (start.status === 'fulfilled') await start.value.close();

    expect(starts.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(lines).toEqual(NAMES.map(() => 'migrated'));
  });
});
