import { statSync } from 'node:fs';
import type { Transaction } from '@mikro-orm/core';
import { sessionQuery } from '../../src/auth/session-query.ts';
import { openDatabase } from '../../src/database.ts';
import { RELAXED_DURABILITY } from '../../src/persistence/engine.ts';
import { ada, startApp, type TestApp } from '../support/app.ts';
import { fileOf } from '../support/databases/sqlite.ts';
import { preparedDuring } from '../support/databases/statements.ts';

describe('the database on SQLite', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('RE-1: is set so that a commit is on the disk before anybody hears of it', async () => {
    const { orm, close } = await openDatabase(app.config);
    const pragmas = ['journal_mode', 'synchronous', 'foreign_keys'].map(name =>
      orm.em.getConnection().execute(`pragma ${name}`),
    );

    // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
    expect(await Promise.all(pragmas)).toEqual([
      [{ journal_mode: 'wal' }],
      [{ synchronous: 2 }],
      [{ foreign_keys: 1 }],
    ]);
    await close();
  });

  it('waits for the disk with every commit but those that say that nobody need wait', async () => {
    const { orm, close } = await openDatabase(app.config);
    const connection = orm.em.getConnection();
    const synchronous = async (hint = '', transaction?: Transaction) => {
      const [row] = await connection.execute(`pragma synchronous ${hint}`, [], 'all', transaction);
      return row?.synchronous;
    };

    // 1 is NORMAL.
    expect(await synchronous(RELAXED_DURABILITY)).toBe(1);
    expect(await synchronous()).toBe(2);
    const broken = connection.execute(`update nothing set at = 1 ${RELAXED_DURABILITY}`);
    await expect(broken).rejects.toThrow('nothing');
    expect(await synchronous()).toBe(2);
    await connection.transactional(async transaction => {
      expect(await synchronous(RELAXED_DURABILITY, transaction)).toBe(2);
    });
    await close();
  });

  it.each(['', '-wal', '-shm'])(
    'holds password hashes, so test.sqlite%s is for the eyes of its owner alone',
    suffix => {
      expect(statSync(`${fileOf(app)}${suffix}`).mode & 0o077).toBe(0);
    },
  );

  it('is asked for the session of a request by what it can find by an index, never by reading a whole table', async () => {
    const { orm, close } = await openDatabase(app.config);
    const query = sessionQuery(orm.getMetadata());
    await close();
    const plan = (await app.rows(`explain query plan ${query}`, 'hash')).map(({ detail }) => detail);

    expect(plan).toHaveLength(2);
    expect(plan[0]).toMatch(/^SEARCH s USING INDEX sessions_token_hash_unique \(token_hash=\?\)$/);
    expect(plan[1]).toBe('SEARCH u USING PRIMARY KEY (id=?)');
  });

  it('prepares the statements of a login once, since no value is written into them', async () => {
    await app.register(ada);

    expect(await preparedDuring(() => app.login(ada))).not.toEqual([]);
    expect(await preparedDuring(() => app.login(ada))).toEqual([]);
  });
});
