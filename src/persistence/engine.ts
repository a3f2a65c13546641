import { createRequire } from 'node:module';
import type { Constructor } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import type { SqlOptions } from '@mikro-orm/sql';
import { peer } from '../core/package.ts';

/**
 * At the end of a statement: what it changes may go with the power, though not with the process. An engine that can spare
 * its callers the wait for the disk does so; it is on the disk with the next statement that says nothing of the kind.
 */
export const RELAXED_DURABILITY = '/* may go with the power */';

/** A database of one kind: for MikroORM, and for what the service asks of it beside MikroORM. */
export interface Engine {
  /** Driver and dialect, for MikroORM. */
  readonly options: SqlOptions;
  /** It has no time limits. */
  readonly withoutTimeouts: boolean;
  /** Oldest first. */
  readonly migrations: { name: string; class: Constructor<Migration> }[];
  /** Reaches the database, once MikroORM has. Throws where it is not to be had, or would not keep what it is given. */
  open(): Promise<void>;
  /** The first row, by a statement that the engine prepares once. It reads what is committed, beside any open transaction. */
  prepareRead<Row>(sql: string): (...parameters: unknown[]) => Promise<Row | undefined>;
  /** The row of a value, by a statement that selects a unique column and ends in it: `… column = ?`. Reads as prepareRead. */
  prepareLookup<Row>(sql: string): (value: string) => Promise<Row | undefined>;
  /** Does the job while nobody else does one. For an engine that was opened withoutTimeouts. */
  withMigrationLock<T>(job: () => Promise<T>): Promise<T>;
  /** Closes what MikroORM does not close. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** It may take its time: for what nobody waits for, such as migrations. Nothing is done twice then. */
  withoutTimeouts?: boolean;
}

/** The database was found, and cannot be used. The message names the setting and says what to do. */
export class UnsupportedDatabaseError extends Error {
  constructor(sentence: string) {
    super(`DATABASE_URL: ${sentence}`);
    this.name = 'DatabaseUnfit';
  }
}

/** Loads what only who uses the engine has installed. */
export async function fromPeer<T>(engine: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UnsupportedDatabaseError(
      `${engine} needs a package that is not installed; run: npm install ${peer(name)}`,
    );
  }
}

/** The client library that MikroORM's package has brought with it: that very one, wherever it was installed. */
export function clientOf<T>(name: string, library: string): T {
  return createRequire(createRequire(import.meta.url).resolve(name))(library);
}
