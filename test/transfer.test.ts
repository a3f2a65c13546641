import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openDatabase } from '../src/database.ts';
import { optionsFromEnvironment } from '../src/options/environment.ts';
import type { Database } from '../src/persistence/database.ts';
import { ExportFile } from '../src/transfer/export-file.ts';
import { Import } from '../src/transfer/import.ts';
import { TransferError } from '../src/transfer/transfer-error.ts';
import { ada, startApp } from './support/app.ts';
import { runCommand, runProcess } from './support/commands.ts';
import { Databases } from './support/databases/new-database.ts';
import { SqliteDatabase } from './support/databases/sqlite.ts';
import type { TestDatabase } from './support/databases/test-database.ts';
import { exportOf, forgeExport, importInto, type Line, parseExport } from './support/exports.ts';
import { Folder } from './support/folder.ts';
import { migrationsOfEngine } from './support/migrations.ts';

const PENDING = migrationsOfEngine.map(({ name }) => name).join(', ');

describe('bienvenue export and import', () => {
  const databases = new Databases();
  let folder: Folder;
  /** An export with one user, who has a role, a session, a reset token and events, and is disabled. */
  let exported: string;
  beforeAll(async () => {
    const app = await startApp({ database: await databases.add() });
    await app.register(ada);
    await app.resetToken(ada.email);
    await app.rows("update users set disabled = true, disabled_at = 1, disabled_reason = 'left', locale = 'fr'");
    await app.rows(`insert into user_roles (id, role, user_id) select '${randomUUID()}', 'ADMIN', id from users`);
    await app.close();
    exported = await exportOf(app.database);
  });
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());
  afterAll(() => databases.drop());

  const run = (database: TestDatabase, ...args: string[]) => runCommand(args, { DATABASE_URL: database.url });
  const rowsIn = async (database: TestDatabase) => {
    const tables = (await database.tables()).filter(table => table !== 'bienvenue_migrations');
    return (await database.contents(...tables)).flat();
  };

  it('move all data to another engine and back, through files that only their owner can read', async () => {
    const [there, back] = [await databases.add(SqliteDatabase.create()), await databases.add()];
    const [one, two] = ['one', 'two'].map(name => join(folder.path, name)) as [string, string];

    expect(await runProcess(['import'], { DATABASE_URL: there.url }, undefined, exported)).toMatchObject({
      code: 0,
      stderr: '',
    });
    const left = await run(there, 'export', one);
    const arrived = await run(back, 'import', one);
    await run(back, 'export', two);

    expect(left).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(/^exported: users, 1 row$/m) });
    expect(arrived).toEqual({ ...left, stdout: left.stdout.replaceAll('exported', 'imported') });
    expect([one, two].map(file => readFileSync(file, 'utf8'))).toEqual([exported, exported]);
    expect(statSync(one).mode & 0o777).toBe(0o600);
    const { rows } = parseExport(exported);
    const { email, locale, disabled_reason } = rows.find(([table]) => table === 'users')?.[1] ?? {};
    expect({ email, locale, disabled_reason }).toEqual({ email: ada.email, locale: 'fr', disabled_reason: 'left' });
    expect(new Set(rows.map(([table]) => table))).toEqual(
      new Set(['account_events', 'limits', 'sessions', 'tokens', 'user_roles', 'users']),
    );
  });

  it('never overwrite a file, and leave none behind on failure', async () => {
    const empty = await databases.add();
    const file = folder.write('kept', 'kept');

    expect(await run(empty, 'export', join(folder.path, 'new'))).toMatchObject({
      code: 1,
      stderr: `bienvenue: DATABASE_URL: migrations are pending (${PENDING}); check that this is the right database, then run: bienvenue migrate up\n`,
    });
    expect(await run(empty, 'export', file)).toMatchObject({
      code: 1,
      stderr: `bienvenue: ${file} exists already; choose another name.\n`,
    });
    expect(await run(empty, 'export', join(folder.path, 'no', 'file'))).toMatchObject({
      stderr: expect.stringContaining('cannot be created (ENOENT); check the folder'),
    });
    expect(await run(empty, 'import', join(folder.path, 'none'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be read (ENOENT); check the name'),
    });
    expect(readdirSync(folder.path)).toEqual(['kept']);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  it('need an empty database, and migrate it unless migrations are manual', async () => {
    const database = await databases.add();

    expect(await importInto(database, exported, { BIENVENUE_MIGRATE: 'manual' })).toEqual({
      code: 1,
      stdout: '',
      stderr: `bienvenue: BIENVENUE_MIGRATE: set to manual, and migrations are pending (${PENDING}); run: bienvenue migrate up\n`,
    });
    expect(await importInto(database, exported)).toMatchObject({ code: 0 });
    expect(await importInto(database, exported)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(' is not empty, and an import needs an empty database; create a new one.'),
    });
    expect(await exportOf(database)).toBe(exported);
  });

  describe('refuse', () => {
    const CHANGED = 'this is not an export, or it was truncated or changed; export again.';
    const forge = (change: (rows: Line[]) => (Line | string)[]) => {
      const { header, rows } = parseExport(exported);
      return forgeExport(header, change(rows));
    };
    /** A changed file with a valid last line. */
    const setting = (table: string, column: string, value: unknown) => () =>
      forge(rows => {
        for (const [name, row] of rows) if (name === table) row[column] = value;
        return rows;
      });
    const header = (change: (header: { version: number; tables: Record<string, string[]> }) => unknown) => () => {
      const first = JSON.parse(parseExport(exported).header);
      change(first);
      return forgeExport(JSON.stringify(first), []);
    };

    let database: TestDatabase;
    let open: Database;
    beforeAll(async () => {
      database = await databases.add();
      await run(database, 'migrate');
      open = await openDatabase(optionsFromEnvironment({ DATABASE_URL: database.url }), { withoutTimeouts: true });
    });
    afterAll(() => open.close());

    it.each<[string, () => string, string]>([
      ['an empty file', () => '', 'this is not an export of Bienvenue.'],
      ['another file', () => '{"name":"bienvenue"}\n', 'this is not an export of Bienvenue.'],
      ['null', () => 'null\n', 'this is not an export of Bienvenue.'],
      ['an endless line', () => 'x'.repeat(3_000_000), CHANGED],
      [
        'another version',
        header(first => Object.assign(first, { version: 2 })),
        'this export has a version other than 1;',
      ],
      ['a missing column', header(({ tables }) => tables.users?.splice(1, 1)), '(without users.email); import it'],
      [
        'an export of the release before roles and events',
        header(({ tables }) => {
          delete tables.account_events;
          delete tables.user_roles;
          tables.users =
            tables.users?.filter(column => !/^(search_name|locale|last_sign_in_at|disabled)/.test(column)) ?? [];
          tables.sessions = tables.sessions?.filter(column => column !== 'authenticated_at') ?? [];
        }),
        '(without account_events, users.search_name, users.locale, users.last_sign_in_at, users.disabled, users.disabled_at, ' +
          'users.disabled_reason, sessions.authenticated_at, user_roles); import it with the release that wrote it, then upgrade.',
      ],
      ['an unknown column', header(({ tables }) => tables.users?.push('hat')), '(unknown ones, or in another order'],
      [
        'an unknown table',
        header(({ tables }) => Object.assign(tables, { hats: [] })),
        '(unknown ones, or in another order',
      ],
      ['no last line', () => exported.replace(/.*\n$/, ''), CHANGED],
      ['half of an export', () => exported.slice(0, exported.length / 2), CHANGED],
      ['no rows', () => `${parseExport(exported).header}\n`, CHANGED],
      ['a missing row', () => exported.replace(/^\["users.*\n/m, ''), CHANGED],
      ['a changed letter', () => exported.replace('"Ada"', '"Bob"'), CHANGED],
      ['a line after the last one', () => `${exported}{}\n`, CHANGED],
      ['a duplicate row', () => forge(rows => rows.flatMap(row => [row, row])), 'are out of order; export again.'],
      ['tables in another order', () => forge(rows => rows.toReversed()), 'are out of order; export again.'],
      ['the name of a built-in property as a table', () => forge(rows => [...rows, ['toString', {}]]), CHANGED],
      ['a row with an extra column', setting('users', 'hat', null), CHANGED],
      [
        'a row with another prototype',
        () => forge(rows => rows.map(row => JSON.stringify(row).replace('{', '{"__proto__":{},'))),
        CHANGED,
      ],
      ['an object for a string', setting('users', 'email', { toString: 'x' }), ': email is not a string;'],
      ['a list for a string', setting('users', 'name', ['x']), ': name is not a string;'],
      ['a number for a string', setting('users', 'name', 1), ': name is not a string;'],
      ['a string for a number', setting('users', 'created_at', '1'), ': created_at is not an integer below 2^53;'],
      ['a fraction', setting('users', 'created_at', 0.5), ': created_at is not an integer below 2^53;'],
      ['a number beyond 32 bits', setting('limits', 'hits', 2 ** 31), ': hits is not a 32-bit integer;'],
      ['a number for a boolean', setting('sessions', 'persistent', 1), ': persistent is neither true nor false;'],
      ['null for a required value', setting('users', 'email', null), ': email is missing;'],
      [
        'a string that is too long',
        setting('users', 'name', '\u{1f600}'.repeat(201)),
        ': name is longer than 200 characters;',
      ],
      ['a NUL', setting('users', 'name', 'A\0da'), ': name contains a NUL, which PostgreSQL cannot store;'],
      ['half of a surrogate pair', setting('users', 'name', '\ud800'), ': name contains half of a surrogate pair;'],
      ['an invalid hash', setting('sessions', 'token_hash', 'A'.repeat(64)), ': token_hash is not 64 hex digits;'],
      ['an invalid key', setting('users', 'id', "' or 1=1"), 'users, a row: id is not a lower-case UUID;'],
    ])('%s', async (_, text, sentence) => {
      const file = await ExportFile.piped(Readable.from([text()]));
      const refused = await new Import(open, file).check().catch(error => error);
      await file.close();

      expect(refused).toBeInstanceOf(TransferError);
      expect(refused.message).toContain(sentence);
    });

    it.each<[string, () => string, string]>([
      ['a truncated file', () => exported.slice(0, exported.length / 2), CHANGED],
      ['an error in the last row', setting('tokens', 'purpose', {}), ': purpose is not a string;'],
    ])('%s, before a row is written', async (_, file, sentence) => {
      const { code, stdout, stderr } = await importInto(database, file());

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(sentence);
      expect(stderr).toMatch(/^bienvenue: [^\n]+\n$/);
      expect(stderr).not.toContain('Nothing of the import remains');
      expect(await rowsIn(database)).toEqual([]);
    });

    it.each<[string, () => string, RegExp]>([
      [
        'sessions without a user',
        setting('sessions', 'user_id', '01900000-0000-7000-8000-000000000000'),
        /^bienvenue: DATABASE_URL: sessions cannot be written, from [0-9a-f-]{36} to [0-9a-f-]{36} \(\w+\)\. Nothing of the import remains in the database\.\n$/,
      ],
      [
        'two accounts with one address',
        () =>
          forge(rows =>
            rows.flatMap(([table, row]) =>
              table === 'users'
                ? [
                    [table, row],
                    [table, { ...row, id: String(row.id).replace(/^./, 'f') }],
                  ]
                : [[table, row]],
            ),
          ),
        /^bienvenue: DATABASE_URL: users cannot be written, from .* Nothing of the import remains in the database\.\n$/,
      ],
    ])('%s, and delete the rows that were written', async (_, file, sentence) => {
      const { code, stdout, stderr } = await importInto(database, file());

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(sentence);
      expect(stderr).not.toContain(ada.email);
      expect(await rowsIn(database)).toEqual([]);
    });

    it('no valid export, even after failed imports', async () => {
      expect(await importInto(database, exported)).toMatchObject({ code: 0, stderr: '' });
    });
  });
});
