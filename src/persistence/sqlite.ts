import type SQLite from 'better-sqlite3';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import type { SqliteDatabase } from '../options/connection-urls.ts';
import { batchLookups, type Engine, type Lookup } from './engine.ts';
import { BusyRetrySqliteDialect, openSqlite } from './sqlite-dialect.ts';
import { BindingSqliteDriver } from './sqlite-driver.ts';

/** An SQLite file, created when it is missing. */
export class SqliteEngine implements Engine {
  readonly options: Engine['options'];
  readonly migrations = migrations;
  private reader?: SQLite.Database;

  constructor(private readonly config: SqliteDatabase) {
    this.options = {
      driver: BindingSqliteDriver,
      driverOptions: new BusyRetrySqliteDialect(() => openSqlite(config.path)),
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
