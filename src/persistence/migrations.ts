import { TableNotFoundException } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/sql';
import type { Options } from '../options.ts';
import { type Database, MIGRATIONS_TABLE } from './database.ts';

/** MikroORM's default name. Earlier versions recorded their migrations there. */
const FORMER_MIGRATIONS_TABLE = 'mikro_orm_migrations';

export interface Migration {
  name: string;
  executedAt: Date | null;
}

/** Migrations are pending and BIENVENUE_MIGRATE is `manual`; the service does not start. */
export class PendingMigrationsError extends Error {
  override name = 'PendingMigrationsError';

  constructor(names: string[]) {
    super(
      `BIENVENUE_MIGRATE: set to manual, and migrations are pending (${names.join(', ')}); run: bienvenue migrate up`,
    );
  }
}

/**
 * Runs pending migrations, or throws PendingMigrationsError when they are manual. Returns the names of those that ran.
 */
export async function runPendingMigrations(database: Database, config: Pick<Options, 'migrate'>): Promise<string[]> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return [];
  if (config.migrate === 'manual') throw new PendingMigrationsError(pending);
  const withoutTimeouts = await database.reopen({ withoutTimeouts: true });
  return migrate(withoutTimeouts, 'up').finally(() => withoutTimeouts.close());
}

/** For commands that use the tables as they are. Throws when migrations are pending. */
export async function assertMigrated(database: Database): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return;
  throw new Error(
    `DATABASE_URL: migrations are pending (${pending.join(', ')}); check that this is the right database, then run: bienvenue migrate up`,
  );
}

/** Every migration, oldest first, and when it ran. Changes nothing in the database, not even in a new one. */
export async function migrationStatus(database: Database): Promise<Migration[]> {
  const { migrations } = database;
  const executed = new Map((await readExecuted(database)).map(row => [row.name, new Date(row.executed_at)]));
  return migrations.map(({ name }) => ({ name, executedAt: executed.get(name) ?? null }));
}

/** The names of the migrations that have not run, oldest first. */
async function pendingMigrations(database: Database): Promise<string[]> {
  return (await migrationStatus(database)).filter(({ executedAt }) => !executedAt).map(({ name }) => name);
}

/**
 * Runs all pending migrations, or reverts the last one. Returns their names. When several processes start on a new
 * database, one of them runs the migrations, and the others find nothing pending.
 */
export async function migrate(database: Database, direction: 'up' | 'down'): Promise<string[]> {
  const { orm } = database;
  const ran = await database.withMigrationLock(() =>
    retryAfterConcurrentMigration(async () => {
      await adoptFormerTable(database);
      return orm.migrator[direction]();
    }),
  );
  return ran.map(({ name }) => name);
}

interface ExecutedMigration {
  name: string;
  executed_at: Date | string | number;
}

/** Includes the former table until its rows are adopted. */
async function readExecuted({ orm, migrations }: Database): Promise<ExecutedMigration[]> {
  const executed = await readTable(orm.em, MIGRATIONS_TABLE);
  if (migrations.every(({ name }) => executed.some(row => row.name === name))) return executed;
  return [...(await readTable(orm.em, FORMER_MIGRATIONS_TABLE)), ...executed];
}

async function readTable(em: EntityManager, table: string): Promise<ExecutedMigration[]> {
  try {
    return await em.execute<ExecutedMigration[]>(`select name, executed_at from ${table}`);
  } catch (error) {
    if (error instanceof TableNotFoundException) return [];
    throw error;
  }
}

/**
 * Moves the rows of our own migrations out of MikroORM's default table, which may be shared with a host program, and
 * drops it when nothing else is in it.
 */
async function adoptFormerTable({ orm, migrations }: Database): Promise<void> {
  const names = migrations.map(({ name }) => name);
  const former = await readTable(orm.em, FORMER_MIGRATIONS_TABLE);
  if (!former.some(({ name }) => names.includes(name))) return;

  await orm.migrator.getStorage().ensureTable?.();
  const placeholders = names.map(() => '?').join(', ');
  await orm.em.fork().transactional(async em => {
    await em.execute(
      `insert into ${MIGRATIONS_TABLE} (name, executed_at)
       select name, executed_at from ${FORMER_MIGRATIONS_TABLE}
       where name in (${placeholders}) and name not in (select name from (select name from ${MIGRATIONS_TABLE}) as adopted)`,
      names,
    );
    await em.execute(`delete from ${FORMER_MIGRATIONS_TABLE} where name in (${placeholders})`, names);
  });
  const others = await readTable(orm.em, FORMER_MIGRATIONS_TABLE);
  if (others.length === 0) await orm.em.execute(`drop table ${FORMER_MIGRATIONS_TABLE}`);
}

/** More than there are statements that another process can be first with. */
const MAX_ATTEMPTS = 20;
/** The messages of all engines: MikroORM's migrator does not convert the errors of SQLite's driver. */
const CONCURRENT_CHANGE = /(table|relation) .* already exists|no such table|duplicate (column|key) name/i;

/**
 * SQLite has no lock across processes, and MariaDB's is not one for a Galera cluster: when another process was first
 * with a statement, start over. On SQLite a failed attempt is rolled back; on MySQL it skips what has been done.
 */
async function retryAfterConcurrentMigration<T>(job: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await job();
    } catch (error) {
      if (!CONCURRENT_CHANGE.test(String(error)) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
