import { statSync } from 'node:fs';
import { sessionQuery } from '../../src/auth/session-query.ts';
import { openDatabase } from '../../src/database.ts';
import { executeRelaxed } from '../../src/persistence/relaxed-durability.ts';
import { ada, LOGIN, startApp, type TestApp } from '../support/app.ts';
import { fileOf } from '../support/databases/sqlite.ts';
import { preparedDuring, statementsDuring } from '../support/databases/statements.ts';

/** https://www.sqlite.org/pragma.html#pragma_synchronous */
const FULL = 2;

describe('the database on SQLite', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('RE-1: acknowledges a commit only once it is on the disk', async () => {
    const { orm, close } = await openDatabase(app.options);
    const pragmas = ['journal_mode', 'synchronous', 'foreign_keys'].map(name =>
      orm.em.getConnection().execute(`pragma ${name}`),
    );

    expect(await Promise.all(pragmas)).toEqual([
      [{ journal_mode: 'wal' }],
      [{ synchronous: FULL }],
      [{ foreign_keys: 1 }],
    ]);
    await close();
  });

  it('skips the fsync only for relaxed statements outside of transactions', async () => {
    const { orm, close } = await openDatabase(app.options);
    const em = orm.em.fork();
    const update = "update limits set hits = 2 where limits.key = 'none'";
    const relaxed = ['pragma synchronous = normal', update, 'pragma synchronous = full'];

    expect(await statementsDuring(() => executeRelaxed(em, update, []))).toEqual(relaxed);
    expect(await statementsDuring(() => em.execute(update))).toEqual([update]);
    const inTransaction = () => em.transactional(inner => executeRelaxed(inner, update, []));
    expect(await statementsDuring(inTransaction)).toEqual(['begin immediate', update, 'commit']);

    await expect(executeRelaxed(em, 'update nothing set at = 1', [])).rejects.toThrow('nothing');
    expect(await em.execute('pragma synchronous')).toEqual([{ synchronous: FULL }]);
    await close();
  });

  it('counts the attempts of a login with relaxed durability', async () => {
    const statements = await statementsDuring(() => app.browser().send(LOGIN, { ...ada }));
    const counts = statements.flatMap((sql, index) => (/into limits/.test(sql) ? [statements[index - 1]] : []));

    expect(counts.length).toBeGreaterThan(1);
    expect(new Set(counts)).toEqual(new Set(['pragma synchronous = normal']));
  });

  it.each(['', '-wal', '-shm'])('test.sqlite%s is readable by its owner only', suffix => {
    expect(statSync(`${fileOf(app)}${suffix}`).mode & 0o077).toBe(0);
  });

  it('finds the session of a request by an index, without a full scan', async () => {
    const database = await openDatabase(app.options);
    const query = sessionQuery(database);
    await database.close();
    const plan = (await app.rows(`explain query plan ${query}`, 'hash')).map(({ detail }) => detail);

    expect(plan).toHaveLength(4);
    expect(plan[0]).toMatch(/^SEARCH s USING INDEX sessions_token_hash_unique \(token_hash=\?\)$/);
    expect(plan[1]).toBe('SEARCH u USING PRIMARY KEY (id=?)');
    expect(plan[3]).toBe('SEARCH r USING COVERING INDEX user_roles_user_id_role_unique (user_id=?)');
  });

  it('prepares the statements of a login once: values are bound, not written into the SQL', async () => {
    await app.register(ada);

    expect(await preparedDuring(() => app.login(ada))).not.toEqual([]);
    expect(await preparedDuring(() => app.login(ada))).toEqual([]);
  });
});
