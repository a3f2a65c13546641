import { ada, startApp } from '../support/app.ts';
import { SqliteDatabase } from '../support/databases/sqlite.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { exportOf, importInto } from '../support/exports.ts';

describe('bienvenue import', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  beforeEach(async () => {
    [source, target] = [await SqliteDatabase.create(), await SqliteDatabase.create()];
    for (const database of [source, target]) await (await startApp({ database })).close();
    const app = await startApp({ database: source });
    await app.register(ada);
    await app.close();
  });
  afterEach(async () => {
    for (const database of [source, target]) await database.drop();
  });

  it.each([
    [
      'changes a value',
      'users',
      "update users set name = 'canary' where id = new.id",
      'does not return what was written; report this with the name and version of the database',
    ],
    [
      'loses a row',
      'sessions',
      'delete from sessions where id = new.id',
      'does not return what was written; report this with the name and version of the database',
    ],
    [
      'another client writes to',
      'users',
      "insert or ignore into users (id, email, canonical_email, created_at) select 'f' || substr(id, 2), 'x', 'x', 1 from users",
      'another client writes to the database; stop it',
    ],
  ])(
    'compares what it has written, and deletes it again from a database that %s',
    async (_, table, statement, sentence) => {
      const [{ id }] = await source.rows(`select id from ${table}`);
      await target.rows(`create trigger fault after insert on ${table} begin ${statement}; end`);

      const { code, stdout, stderr } = await importInto(target, await exportOf(source));

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        new RegExp(
          `^bienvenue: ${table}, .${id.slice(1)}: .*${sentence}\\. Nothing of the import remains in the database\\.\n$`,
        ),
      );
      expect(await target.rows('select * from sessions')).toEqual([]);
      expect(await target.rows('select * from users where id = ?', id)).toEqual([]);
    },
  );

  it('refuses to export a value that another database cannot store, and names the row', async () => {
    const [{ id }] = await source.rows('select id from users');
    await source.rows("update users set name = 'A' || char(0)");

    await expect(exportOf(source)).rejects.toThrow(
      `bienvenue: users, ${id}: name contains a NUL, which PostgreSQL cannot store; correct that row and export again.`,
    );
  });
});
