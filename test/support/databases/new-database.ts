import type { TestDatabase } from './test-database.ts';

/** Which database this run of the tests is on. */
export const ENGINE = process.env.TEST_DATABASE || 'sqlite';

/** One without accounts, maybe without tables: for a service, which makes them where they are missing. */
export const cleanDatabase = (): Promise<TestDatabase> => take({ once: false });

/** One that has never been used, nor will be again. */
export const newDatabase = (): Promise<TestDatabase> => take({ once: true });

async function take(options: { once: boolean }): Promise<TestDatabase> {
  switch (ENGINE) {
    case 'postgresql':
      return (await import('./postgresql.ts')).PostgresqlDatabase.take(options);
    case 'mysql':
      return (await import('./mysql.ts')).MysqlDatabase.take(options);
    default:
      return (await import('./sqlite.ts')).SqliteDatabase.take();
  }
}
