import 'reflect-metadata';
import { type Constructor, TableNotFoundException } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type SqlOptions, UnderscoreNamingStrategy } from '@mikro-orm/sql';
import type { Config, DatabaseConfig } from '../config.ts';
import { packageFile } from '../core/package.ts';
import { type Engine, type EngineOptions, UnsupportedDatabaseError } from './engine.ts';

export type { EntityManager } from '@mikro-orm/sql';

type Entities = readonly Constructor[];

/** The configured database: MikroORM for everything, and prepared reads for what every request asks. */
export interface Database
  extends Pick<Engine, 'withMigrationLock' | 'migrations' | 'prepareLookup' | 'prepareRead' | 'withoutTimeouts'> {
  readonly orm: MikroORM;
  /** Opens the same database a second time, with other options. */
  reopen(options: EngineOptions): Promise<Database>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What MikroORM's own command line needs to know, for `mikro-orm.config.ts`. */
export async function ormOptions(config: DatabaseConfig, entities: Entities): Promise<SqlOptions> {
  return ormOptionsFor(config, await createEngine(config, {}), entities);
}

/** Opens the database. An SQLite file is made when it is missing; tables are the business of migrate(). */
export async function openDatabase(
  { database }: Pick<Config, 'database'>,
  entities: Entities,
  options: EngineOptions = {},
): Promise<Database> {
  try {
    return await open(database, entities, options);
  } catch (error) {
    throw error instanceof UnsupportedDatabaseError ? error : new DatabaseConnectionError(error);
  }
}

/** The start was refused. */
export class DatabaseConnectionError extends Error {
  constructor(cause: unknown) {
    const reason = String((cause as { code?: unknown } | null)?.code ?? 'unknown');
    super(`DATABASE_URL: the database cannot be opened (${reason}); check where it points, and who may write there.`);
    this.name = 'DatabaseNotOpened';
    this.cause = cause;
  }
}

/** The start was refused: with `migrate: 'manual'`, migrations are pending. */
export class PendingMigrationsError extends Error {
  constructor(names: string[]) {
    super(
      `BIENVENUE_MIGRATE: set to manual, and migrations are pending (${names.join(', ')}); run: bienvenue migrate up`,
    );
    this.name = 'MigrationsPending';
  }
}

async function open(config: DatabaseConfig, entities: Entities, options: EngineOptions): Promise<Database> {
  const engine = await createEngine(config, options);
  const orm = await MikroORM.init(ormOptionsFor(config, engine, entities));
  try {
    await orm.connect();
    await engine.open();
  } catch (error) {
    await orm.close().catch(() => {});
    throw error;
  }
  let aUser: (() => Promise<unknown>) | undefined;
  return {
    orm,
    reopen: other => openDatabase({ database: config }, entities, other),
    migrations: engine.migrations,
    withoutTimeouts: engine.withoutTimeouts,
    withMigrationLock: job => engine.withMigrationLock(job),
    prepareLookup: sql => engine.prepareLookup(sql),
    prepareRead: sql => engine.prepareRead(sql),
    async ping() {
      // A table, since a node that has lost its cluster's majority still answers without one.
      aUser ??= engine.prepareRead('select 1 from users limit 1');
      await aUser();
    },
    async close() {
      await engine.close();
      await orm.close();
    },
  };
}

/** Who does not use an engine does not load its client. */
async function createEngine(config: DatabaseConfig, options: EngineOptions): Promise<Engine> {
  switch (config.kind) {
    case 'sqlite':
      return new (await import('./sqlite.ts')).SqliteEngine(config);
    case 'postgresql':
      return (await import('./postgresql.ts')).PostgresqlEngine.of(config, options);
    case 'mysql':
      return (await import('./mysql.ts')).MysqlEngine.of(config, options);
  }
}

function ormOptionsFor({ kind }: DatabaseConfig, { options, migrations }: Engine, entities: Entities): SqlOptions {
  return {
    ...options,
    entities: [...entities],
    metadataProvider: ReflectMetadataProvider,
    namingStrategy: UnderscoreNamingStrategy,
    extensions: [Migrator],
    // A name of our own, so that a host's RequestContext is not taken for ours.
    contextName: 'bienvenue',
    // A missing database is the operator's to make; MikroORM would look for it on a connection of its own.
    ensureDatabase: false,
    migrations: {
      migrationsList: migrations,
      path: packageFile(`schema/migrations/${kind}`),
      snapshotName: 'snapshot',
      snapshotOnMigrate: false,
      // On SQLite all pending migrations are one transaction, so that of several replicas one runs all of them. On servers
      // a lock does that, and MySQL commits at every table anyway.
      allOrNothing: kind === 'sqlite',
      // To turn foreign keys off takes a superuser on PostgreSQL.
      disableForeignKeys: false,
      silent: true,
    },
    // Logging is ours: theirs would print values.
    logger: () => {},
  };
}

/** Runs what is pending, where the settings allow it. Gives the names of what ran. */
export async function runPendingMigrations(
  database: Database,
  config: Pick<Config, 'database' | 'migrate'>,
): Promise<string[]> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return [];
  if (config.migrate === 'manual') throw new PendingMigrationsError(pending);
  if (database.withoutTimeouts) return migrate(database, 'up');

  const withoutTimeouts = await database.reopen({ withoutTimeouts: true });
  return migrate(withoutTimeouts, 'up').finally(() => withoutTimeouts.close());
}

export interface Migration {
  name: string;
  executedAt: Date | null;
}

/** Every migration, oldest first, and when it ran. Changes nothing, however new the database. */
export async function migrationStatus({ orm, migrations }: Database): Promise<Migration[]> {
  const executed = (await executedMigrationNames(orm)).length > 0 ? await orm.migrator.getExecuted() : [];
  const done = new Map(executed.map(row => [row.name, row.executed_at]));
  return migrations.map(({ name }) => ({ name, executedAt: done.get(name) ?? null }));
}

/** The names of the migrations that have not run, oldest first. */
export async function pendingMigrations({ orm, migrations }: Database): Promise<string[]> {
  const executed = await executedMigrationNames(orm);
  return migrations.map(({ name }) => name).filter(name => !executed.includes(name));
}

/** Asked at every start: MikroORM's migrator is not woken up where nothing is pending, nor makes its table. */
async function executedMigrationNames(orm: MikroORM): Promise<string[]> {
  try {
    const rows = await orm.em.execute<{ name: string }[]>('select name from mikro_orm_migrations');
    return rows.map(({ name }) => name);
  } catch (error) {
    if (error instanceof TableNotFoundException) return [];
    throw error;
  }
}

/**
 * Runs what is pending, or takes the last one back. Gives the names of what ran. Of several processes that start at once
 * on a new database one runs it; the others find that it is done.
 */
export async function migrate({ orm, withMigrationLock }: Database, direction: 'up' | 'down'): Promise<string[]> {
  const ran = await withMigrationLock(() => retryAfterConcurrentMigration(() => orm.migrator[direction]()));
  return ran.map(({ name }) => name);
}

const MAX_ATTEMPTS = 5;
/** In the engines' own words: MikroORM's migrator passes on what SQLite's driver throws as it is. */
const ALREADY_MIGRATED = /(table|relation) .* already exists/i;

/** Not every engine keeps others out altogether: who finds a table that another has just made looks again. */
async function retryAfterConcurrentMigration<T>(job: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await job();
    } catch (error) {
      if (!ALREADY_MIGRATED.test(String(error)) || tries === MAX_ATTEMPTS) throw error;
    }
  }
}
