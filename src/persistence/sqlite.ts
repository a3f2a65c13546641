import type SQLite from 'better-sqlite3';
import { SqliteDialect } from 'kysely';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import type { SqliteDatabase } from '../options/connection-urls.ts';
import { batchLookups, type Engine, type Lookup, withDriver } from './engine.ts';
import { BusyRetrySqliteDriver, openSqlite } from './sqlite-connection.ts';
import { BindingSqliteDriver } from './sqlite-driver.ts';

/** An SQLite file, created when it is missing. */
export class SqliteEngine implements Engine {
  readonly options: Engine['options'];
  readonly migrations = migrations;
  private reader?: SQLite.Database;

  constructor(private readonly config: SqliteDatabase) {
    const open = () => openSqlite(config.path);
    this.options = {
      driver: BindingSqliteDriver,
      driverOptions: withDriver(
        new SqliteDialect({ database: async () => open() }),
        () => new BusyRetrySqliteDriver(open()),
      ),
      dbName: config.path,
    };
  }

  /** Reads use a second handle: on the writer's they would see uncommitted changes. */
  async open(): Promise<void> {
    this.reader = openSqlite(this.config.path, { readonly: true });
  }

  prepareRead<Row>(sql: string) {
    const statement = this.prepare<Row>(sql);
    return async (...parameters: unknown[]) => statement.get(...parameters);
  }

  prepareLookup<Row>({ sql }: Lookup<Row>) {
    const statement = this.prepare<Row>(sql('= ?'));
    return batchLookups(async values => values.map(value => statement.get(value)));
  }

  /** A migration's transaction locks the whole file. */
  withMigrationLock<T>(job: () => Promise<T>): Promise<T> {
    return job();
  }

  async close(): Promise<void> {
    this.reader?.close();
  }

  private prepare<Row>(sql: string): SQLite.Statement<unknown[], Row> {
    if (!this.reader) throw new Error('the database is not open yet');
    return this.reader.prepare(sql);
  }
}
