import type { TestDatabase } from './test-database.ts';

/** The database engine of this test run. */
export const ENGINE = process.env.TEST_DATABASE || 'sqlite';

/** A database without accounts, usually with all tables: the service creates missing ones at its start. */
export const cleanDatabase = (): Promise<TestDatabase> => take({ once: false });

/** A new database without tables that is dropped afterwards. */
export const newDatabase = (): Promise<TestDatabase> => take({ once: true });

/** Databases that are dropped together. */
export class Databases {
  private readonly all: TestDatabase[] = [];

  /** Adds a database, by default a new one. */
  async add(created = newDatabase()): Promise<TestDatabase> {
    const database = await created;
    this.all.push(database);
    return database;
  }

  async drop(): Promise<void> {
    for (const database of this.all) await database.drop();
  }
}

async function take(options: { once: boolean }): Promise<TestDatabase> {
  switch (ENGINE) {
    case 'postgresql':
      return (await import('./postgresql.ts')).PostgresqlDatabase.take(options);
    case 'mysql':
      return (await import('./mysql.ts')).MysqlDatabase.take(options);
    default:
      return sqlite(options);
  }
}

async function sqlite({ once }: { once: boolean }): Promise<TestDatabase> {
  const { SqliteDatabase } = await import('./sqlite.ts');
  return once ? SqliteDatabase.create() : SqliteDatabase.copy();
}
