import { AuthError } from '../../src/core/errors.ts';
import { openDatabase } from '../../src/database.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import type { Database, EntityManager } from '../../src/persistence/database.ts';
import { migrate } from '../../src/persistence/migrations.ts';
import { newDatabase } from './databases/new-database.ts';
import type { TestDatabase } from './databases/test-database.ts';

const [A, B] = ['a', 'b'].map(letter => letter.repeat(64)) as [string, string];

/** Resolves for each when so many have come. */
function meeting(people: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = people;
  return () => {
    missing -= 1;
    if (missing === 0) resolve();
    return promise;
  };
}

/** What is promised of transactions on an engine that undoes one of two. */
export function survivesConflicts(): void {
  describe('two transactions of which each holds what the other waits for', () => {
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
    const look = (em: EntityManager, key: string) => em.execute(`select hits from limits where limits.key = ?`, [key]);
    const hits = async () => (await test.rows('select hits from limits order by 1')).map(row => row.hits);

    /** Each in a circle of two: adds to its own row, waits until the other has, and adds to the other's. */
    const circle = (meanwhile: (em: EntityManager, other: string) => Promise<unknown>) => {
      const both = meeting(2);
      return Promise.allSettled(
        [[A, B] as const, [B, A] as const].map(([own, other]) =>
          database.orm.em.fork().transactional(async em => {
            // First of all: whoever is done again waits here until the other one has committed.
            await add(em, own);
            await meanwhile(em, other);
            await both();
            await add(em, other);
          }),
        ),
      );
    };

    it('both go through: the one that was undone is done again', async () => {
      const ends = await circle(async () => {});

      expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(await hits()).toEqual([3, 3]);
    });

    it('are not both done where one had read what the other changed: it is told that it cannot be done now', async () => {
      const ends = await circle(look);

      const refused = ends.flatMap(end => (end.status === 'rejected' ? [AuthError.of(end.reason).code] : []));
      expect(refused).toEqual(['UNAVAILABLE']);
      expect(await hits()).toEqual([2, 2]);
    });
  });
}
