import { createRequire } from 'node:module';
import type { Constructor } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import type { SqlOptions } from '@mikro-orm/sql';
import DataLoader from 'dataloader';
import type { Dialect, Driver } from 'kysely';

/** One kind of database: its MikroORM options, and what the service needs beyond MikroORM. */
export interface Engine {
  /** Driver and dialect for MikroORM. */
  readonly options: SqlOptions;
  /** Oldest first. */
  readonly migrations: { name: string; class: Constructor<Migration> }[];
  /** Connects, after MikroORM did. Throws when the database cannot be reached or cannot store every value. */
  open(): Promise<void>;
  /** Prepares a statement that returns its first row. It reads committed data only, outside any open transaction. */
  prepareRead<Row>(sql: string): (...parameters: unknown[]) => Promise<Row | undefined>;
  /** Prepares a lookup of one row by a unique column. Lookups of one turn of the event loop share a statement. */
  prepareLookup<Row>(lookup: Lookup<Row>): (value: string) => Promise<Row | undefined>;
  /** Runs the job under a lock that one process holds at a time. For an engine opened `withoutTimeouts`. */
  withMigrationLock<T>(job: () => Promise<T>): Promise<T>;
  /** Closes what MikroORM does not close. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** For migrations, export and import. Transactions that the engine rolled back are not repeated then. */
  withoutTimeouts?: boolean;
}

/** A query for rows by a unique column. */
export interface Lookup<Row> {
  /** The statement, given the condition on the column: `= ?`, or `in (?, ?, …)`. */
  sql(condition: string): string;
  /** The value of that column in a row. */
  key(row: Row): string;
}

/** Values in one statement of a lookup. */
export const MAX_BATCH_SIZE = 64;

/**
 * Collects lookups until the end of the turn of the event loop and runs them together (docs/decisions/0016). Nothing is
 * cached beyond that: a lookup in a later turn reads again.
 */
export function batchLookups<Row>(read: (values: readonly string[]) => Promise<(Row | undefined)[]>) {
  const loader = new DataLoader<string, Row | undefined>(
    values => {
      loader.clearAll();
      return read(values);
    },
    { maxBatchSize: MAX_BATCH_SIZE, batchScheduleFn: setImmediate },
  );
  return (value: string) => loader.load(value);
}

/** The database is reachable but cannot be used, or its URL cannot. The message names the setting and says what to do. */
export class UnsupportedDatabaseError extends Error {
  override name = 'UnsupportedDatabaseError';

  constructor(readonly issue: string) {
    super(`DATABASE_URL: ${issue}`);
  }
}

/** Kysely's dialect, with another driver. */
export const withDriver = (dialect: Dialect, createDriver: () => Driver): Dialect =>
  Object.assign(dialect, { createDriver });

/** The client library that MikroORM's package depends on: the same copy, wherever it is installed. */
export function clientOf<T>(name: string, library: string): T {
  return createRequire(createRequire(import.meta.url).resolve(name))(library);
}
