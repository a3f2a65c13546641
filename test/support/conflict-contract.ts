import { AuthError } from '../../src/core/errors.ts';
import { openDatabase } from '../../src/database.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import type { Database, EntityManager } from '../../src/persistence/database.ts';
import { migrate } from '../../src/persistence/migrations.ts';
import { newDatabase } from './databases/new-database.ts';
import type { TestDatabase } from './databases/test-database.ts';

const [A, B] = ['a', 'b'].map(letter => letter.repeat(64)) as [string, string];

/** Resolves for each participant once all have called it. */
function barrier(participants: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = participants;
  return () => {
    missing -= 1;
    if (missing === 0) resolve();
    return promise;
  };
}

/** Tests for engines that roll back one of two conflicting transactions. */
export function testConflictContract(): void {
  describe('two transactions in a deadlock', () => {
    let test: TestDatabase;
    let database: Database;
    beforeEach(async () => {
      test = await newDatabase();
      database = await openDatabase(optionsFromEnvironment({ DATABASE_URL: test.url }));
      await migrate(database, 'up');
      for (const key of [A, B]) await test.rows(`insert into limits values (?, 1, 0, 0)`, key);
    });
    afterEach(async () => {
      await database.close();
      await test.drop();
    });

    const add = (em: EntityManager, key: string) =>
      em.execute(`update limits set hits = hits + 1 where limits.key = ?`, [key]);
    const read = (em: EntityManager, key: string) => em.execute(`select hits from limits where limits.key = ?`, [key]);
    const hits = async () => (await test.rows('select hits from limits order by 1')).map(row => row.hits);

    /** Each transaction changes its own row, waits until the other has done the same, and then changes the other's row. */
    const deadlock = (meanwhile: (em: EntityManager, other: string) => Promise<unknown>) => {
      const both = barrier(2);
      return Promise.allSettled(
        [[A, B] as const, [B, A] as const].map(([own, other]) =>
          database.orm.em.fork().transactional(async em => {
            // First, so that a retried transaction waits here until the other one has committed.
            await add(em, own);
            await meanwhile(em, other);
            await both();
            await add(em, other);
          }),
        ),
      );
    };

    it('both commit, because the one that was rolled back is retried', async () => {
      const results = await deadlock(async () => {});

      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(await hits()).toEqual([3, 3]);
    });

    it('do not both commit when one has read what the other changed: that one fails as UNAVAILABLE', async () => {
      const results = await deadlock(read);

      const refused = results.flatMap(result =>
        result.status === 'rejected' ? [AuthError.of(result.reason).code] : [],
      );
      expect(refused).toEqual(['UNAVAILABLE']);
      expect(await hits()).toEqual([2, 2]);
    });
  });
}
