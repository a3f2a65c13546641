import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openDatabase } from '../src/database.ts';
import { optionsFromEnvironment } from '../src/options/environment.ts';
import type { Database } from '../src/persistence/database.ts';
import { ExportFile } from '../src/transfer/export-file.ts';
import { TransferError } from '../src/transfer/format.ts';
import { Import } from '../src/transfer/import.ts';
import { ada, startApp } from './support/app.ts';
import { newDatabase } from './support/databases/new-database.ts';
import { SqliteDatabase } from './support/databases/sqlite.ts';
import type { TestDatabase } from './support/databases/test-database.ts';
import { exportOf, importInto, type Line, manySessions, opened, sealed, startTransfer } from './support/exports.ts';
import { Folder } from './support/folder.ts';
import { migrationsOfEngine } from './support/migrations.ts';
import { runCommand } from './support/server.ts';

const MANY = 50_000;
const HEAP = '--max-old-space-size=48';
const PENDING = migrationsOfEngine.map(({ name }) => name).join(', ');

describe('bienvenue export and import', () => {
  const databases: TestDatabase[] = [];
  let folder: Folder;
  /** Of a database with Ada in it, who is signed in and has asked for a reset. */
  let exported: string;
  beforeAll(async () => {
    const app = await startApp({ database: await another() });
    await app.register(ada);
    await app.resetToken(ada.email);
    await app.close();
    exported = await exportOf(app.database);
  });
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });

  async function another(): Promise<TestDatabase> {
    const database = await newDatabase();
    databases.push(database);
    return database;
  }

  async function sqlite(): Promise<TestDatabase> {
    const database = await SqliteDatabase.take();
    databases.push(database);
    return database;
  }

  const run = (database: TestDatabase, ...words: string[]) => runCommand(words, { DATABASE_URL: database.url });
  const rowsIn = async (database: TestDatabase) => {
    const tables = (await database.tables()).filter(table => table !== 'bienvenue_migrations');
    return (await database.contents(...tables)).flat();
  };

  it('move everything to another engine and back, by files that their owner alone can read', async () => {
    const [there, back] = [await sqlite(), await another()];
    const [one, two] = ['one', 'two'].map(name => join(folder.path, name)) as [string, string];

    expect(await importInto(there, exported)).toMatchObject({ code: 0, stderr: '' });
    const left = await run(there, 'export', one);
    const arrived = await run(back, 'import', one);
    await run(back, 'export', two);

    expect(left).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(/^exported: users, 1 row$/m) });
    expect(arrived).toEqual({ ...left, stdout: left.stdout.replaceAll('exported', 'imported') });
    expect([one, two].map(file => readFileSync(file, 'utf8'))).toEqual([exported, exported]);
    expect(statSync(one).mode & 0o777).toBe(0o600);
    expect(exported).toContain(ada.email);
  });

  it('write over no file, and leave none behind where something fails', async () => {
    const empty = await another();
    const file = folder.write('kept', 'kept');

    expect(await run(empty, 'export', join(folder.path, 'new'))).toMatchObject({
      code: 1,
      stderr: `bienvenue: DATABASE_URL: migrations are pending there (${PENDING}); is it the right one? Then run: bienvenue migrate up\n`,
    });
    expect(await run(empty, 'export', file)).toMatchObject({
      code: 1,
      stderr: `bienvenue: ${file} exists already; name a file that does not.\n`,
    });
    expect(await run(empty, 'export', join(folder.path, 'no', 'file'))).toMatchObject({
      stderr: expect.stringContaining('cannot be made (ENOENT); check the folder'),
    });
    expect(await run(empty, 'import', join(folder.path, 'none'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be read (ENOENT); check the name'),
    });
    expect(readdirSync(folder.path)).toEqual(['kept']);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  it('want an empty database, and bring its tables up to date unless that is done by hand', async () => {
    const database = await another();

    expect(await importInto(database, exported, { BIENVENUE_MIGRATE: 'manual' })).toEqual({
      code: 1,
      stdout: '',
      stderr: `bienvenue: BIENVENUE_MIGRATE: set to manual, and migrations are pending (${PENDING}); run: bienvenue migrate up\n`,
    });
    expect(await importInto(database, exported)).toMatchObject({ code: 0 });
    expect(await importInto(database, exported)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        'DATABASE_URL: limits holds rows, and an import wants an empty database; make a new one.',
      ),
    });
    expect(await exportOf(database)).toBe(exported);
  });

  describe('refuse', () => {
    const CHANGED = 'this is no export, or was cut short or changed since; export again.';
    const seal = (change: (rows: Line[]) => (Line | string)[]) => {
      const { header, rows } = opened(exported);
      return sealed(header, change(rows));
    };
    /** As somebody would who knows how the last line is made. */
    const setting = (table: string, column: string, value: unknown) => () =>
      seal(rows => {
        for (const [name, row] of rows) if (name === table) row[column] = value;
        return rows;
      });
    const header = (change: (header: { version: number; tables: Record<string, string[]> }) => unknown) => () => {
      const first = JSON.parse(opened(exported).header);
      change(first);
      return sealed(JSON.stringify(first), []);
    };

    let database: TestDatabase;
    let open: Database;
    beforeAll(async () => {
      database = await another();
      await run(database, 'migrate');
      open = await openDatabase(optionsFromEnvironment({ DATABASE_URL: database.url }), { withoutTimeouts: true });
    });
    afterAll(() => open.close());

    it.each<[string, () => string, string]>([
      ['nothing', () => '', 'this is no export of Bienvenue.'],
      ['another file', () => '{"name":"bienvenue"}\n', 'this is no export of Bienvenue.'],
      ['null', () => 'null\n', 'this is no export of Bienvenue.'],
      ['one line without end', () => 'x'.repeat(3_000_000), CHANGED],
      [
        'another version',
        header(first => Object.assign(first, { version: 2 })),
        'this is an export of another version than 1;',
      ],
      [
        'a column that is missing',
        header(({ tables }) => tables.users?.pop()),
        '(without users.created_at); import it',
      ],
      ['a column that is unknown', header(({ tables }) => tables.users?.push('hat')), '(some are unknown here'],
      [
        'a table that is unknown',
        header(({ tables }) => Object.assign(tables, { hats: [] })),
        '(some are unknown here',
      ],
      ['no last line', () => exported.replace(/.*\n$/, ''), CHANGED],
      ['half of it', () => exported.slice(0, exported.length / 2), CHANGED],
      ['no rows at all', () => `${opened(exported).header}\n`, CHANGED],
      ['a row less', () => exported.replace(/^\["users.*\n/m, ''), CHANGED],
      ['a letter that was changed', () => exported.replace('"Ada"', '"Bob"'), CHANGED],
      ['something after its end', () => `${exported}{}\n`, CHANGED],
      ['a row twice', () => seal(rows => rows.flatMap(row => [row, row])), 'rows of limits come out of order;'],
      ['tables in another order', () => seal(rows => rows.toReversed()), 'come out of order; export again.'],
      ['a table that is none', () => seal(rows => [...rows, ['toString', {}]]), CHANGED],
      ['a row with one more column', setting('users', 'hat', null), CHANGED],
      [
        'a row with another prototype',
        () => seal(rows => rows.map(row => JSON.stringify(row).replace('{', '{"__proto__":{},'))),
        CHANGED,
      ],
      ['an object for a text', setting('users', 'email', { toString: 'x' }), ': email is no text;'],
      ['a list for a text', setting('users', 'name', ['x']), ': name is no text;'],
      ['a number for a text', setting('users', 'name', 1), ': name is no text;'],
      ['a text for a number', setting('users', 'created_at', '1'), ': created_at is no whole number below 2^53;'],
      ['a part of a number', setting('users', 'created_at', 0.5), ': created_at is no whole number below 2^53;'],
      ['a number beyond', setting('limits', 'hits', 2 ** 31), ': hits is no whole number of 32 bits;'],
      ['a number for a truth', setting('sessions', 'persistent', 1), ': persistent is neither true nor false;'],
      ['nothing where something must be', setting('users', 'email', null), ': email is missing;'],
      ['a longer text', setting('users', 'name', '\u{1f600}'.repeat(201)), ': name is longer than 200 characters;'],
      ['a NUL', setting('users', 'name', 'A\0da'), ': name holds a NUL, which PostgreSQL cannot keep;'],
      ['half a character', setting('users', 'name', '\ud800'), ': name holds half a character;'],
      ['a hash that is none', setting('sessions', 'token_hash', 'A'.repeat(64)), ': token_hash is not 64 hex digits;'],
      ['a key that is none', setting('users', 'id', "' or 1=1"), 'users, a row: id is no lower-case UUID;'],
    ])('%s', async (_, text, sentence) => {
      const file = await ExportFile.piped(Readable.from([text()]));
      const refused = await new Import(open, file).check().catch(error => error);
      await file.close();

      expect(refused).toBeInstanceOf(TransferError);
      expect(refused.message).toContain(sentence);
    });

    it.each<[string, () => string, string]>([
      ['what was cut short', () => exported.slice(0, exported.length / 2), CHANGED],
      ['what only the last row gives away', setting('tokens', 'purpose', {}), ': purpose is no text;'],
    ])('%s, before a row is written', async (_, file, sentence) => {
      const { code, stdout, stderr } = await importInto(database, file());

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(sentence);
      expect(stderr).toMatch(/^bienvenue: [^\n]+\n$/);
      expect(stderr).not.toContain('Nothing of it stays');
      expect(await rowsIn(database)).toEqual([]);
    });

    it.each<[string, () => string, RegExp]>([
      [
        'sessions of nobody',
        setting('sessions', 'user_id', '01900000-0000-7000-8000-000000000000'),
        /^bienvenue: DATABASE_URL: sessions cannot be written, from [0-9a-f-]{36} to [0-9a-f-]{36} \(\w+\)\. Nothing of it stays in the database\.\n$/,
      ],
      [
        'two accounts of one address',
        () =>
          seal(rows =>
            rows.flatMap(([table, row]) =>
              table === 'users'
                ? [
                    [table, row],
                    [table, { ...row, id: String(row.id).replace(/^./, 'f') }],
                  ]
                : [[table, row]],
            ),
          ),
        /^bienvenue: DATABASE_URL: users cannot be written, from .* Nothing of it stays in the database\.\n$/,
      ],
    ])('%s, and take back what was written', async (_, file, sentence) => {
      const { code, stdout, stderr } = await importInto(database, file());

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(sentence);
      expect(stderr).not.toContain(ada.email);
      expect(await rowsIn(database)).toEqual([]);
    });

    it('nothing of a good one afterwards', async () => {
      expect(await importInto(database, exported)).toMatchObject({ code: 0, stderr: '' });
    });
  });

  describe('with many rows', () => {
    let source: TestDatabase;
    let file: string;
    beforeAll(async () => {
      source = await another();
      file = sealed(opened(exported).header, manySessions(MANY));
      // As little memory as the service takes to start: what is kept of each row would not fit.
      expect(await importInto(source, file, { NODE_OPTIONS: HEAP })).toMatchObject({ code: 0, stderr: '' });
    });

    it('take no more memory than with few', async () => {
      const child = startTransfer(['export', join(folder.path, 'many')], source, { NODE_OPTIONS: HEAP });

      expect(await once(child, 'close')).toEqual([0, null]);
      expect(readFileSync(join(folder.path, 'many'), 'utf8') === file).toBe(true);
    });

    it('export what there was when they began, while the service goes on', async () => {
      const child = startTransfer(['export'], source);
      const chunks: Buffer[] = [];
      let begun = false;
      for await (const chunk of child.stdout) {
        chunks.push(chunk);
        if (begun || !Buffer.concat(chunks).includes('\n["')) continue;
        begun = true;
        // The pipe is full long before the end: the export stands still, and has not read it all.
        const app = await startApp({ database: source });
        await app.register(ada);
        await app.close();
      }

      // Not toBe: it would print both.
      expect(Buffer.concat(chunks).toString() === file).toBe(true);
      expect(await source.rows('select count(*) as found from users')).toEqual([{ found: 2 }]);
    });

    it('leave what the next one will not build on, when they are killed', async () => {
      const target = await another();
      await run(target, 'migrate');
      const child = startTransfer(['import', folder.write('many', file)], target);
      while ((await target.rows('select id from sessions limit 1')).length === 0) expect(child.exitCode).toBeNull();
      child.kill('SIGKILL');
      await once(child, 'close');

      expect((await target.rows('select count(*) as found from sessions'))[0].found).toBeLessThan(MANY);
      expect(await importInto(target, exported)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /users holds rows, .* If an import was killed on its way there, drop what it left\.\n$/,
        ),
      });
    });
  });
});
