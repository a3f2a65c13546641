import type SQLite from 'better-sqlite3';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import type { SqliteDatabase } from '../config.ts';
import { BatchedLookup, columnOf } from './batched-lookup.ts';
import type { Engine } from './engine.ts';
import { BusyRetrySqliteDialect, openSqlite } from './sqlite-dialect.ts';
import { BoundSqliteDriver } from './sqlite-driver.ts';

/** A file, which is made when it is missing. */
export class SqliteEngine implements Engine {
  readonly options: Engine['options'];
  readonly migrations = migrations;
  readonly withoutTimeouts = true;
  private reader?: SQLite.Database;

  constructor(private readonly file: SqliteDatabase) {
    this.options = {
      driver: BoundSqliteDriver,
      driverOptions: new BusyRetrySqliteDialect(() => openSqlite(file.path)),
      dbName: file.path,
    };
  }

  /** A handle of its own: on the one that writes, a read would see what an open transaction has not committed yet. */
  async open(): Promise<void> {
    this.reader = openSqlite(this.file.path, { readonly: true });
  }

  prepareRead<Row>(sql: string) {
    const statement = this.prepare<Row>(sql);
    return async (...parameters: unknown[]) => statement.get(...parameters);
  }

  prepareLookup<Row>(sql: string) {
    const statement = this.prepare<object>(sql);
    const lookups = new BatchedLookup<object>(columnOf(sql), async values =>
      values.map(value => statement.get(value)).filter(row => row !== undefined),
    );
    return (value: string) => lookups.find(value) as Promise<Row | undefined>;
  }

  /** A migration's transaction has the file to itself. */
  withMigrationLock<T>(job: () => Promise<T>): Promise<T> {
    return job();
  }

  async close(): Promise<void> {
    this.reader?.close();
  }

  private prepare<Row>(sql: string): SQLite.Statement<unknown[], Row> {
    if (!this.reader) throw new Error('not open yet');
    return this.reader.prepare(sql);
  }
}
