import 'reflect-metadata';
import type { Constructor, EntityMetadata } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type SqlOptions, UnderscoreNamingStrategy } from '@mikro-orm/sql';
import { packageFile } from '../core/package.ts';
import type { DatabaseOptions } from '../options/connection-urls.ts';
import { type Engine, type EngineOptions, UnsupportedDatabaseError } from './engine.ts';
import { withTimeout } from './timeout.ts';

export type { EntityManager } from '@mikro-orm/sql';

type Entities = readonly Constructor[];

/** Not MikroORM's default name, so that a host program's migrations can be in the same database. */
export const MIGRATIONS_TABLE = 'bienvenue_migrations';

/** `/readyz` has to respond within one second, whatever the database does. */
const PING_TIMEOUT_MS = 800;

/** The configured database: MikroORM, and prepared reads for the queries of every request. */
export interface Database extends Pick<Engine, 'withMigrationLock' | 'migrations' | 'prepareLookup' | 'prepareRead'> {
  readonly orm: MikroORM;
  readonly kind: DatabaseOptions['kind'];
  /** Opens the same database a second time, with other options. */
  reopen(options: EngineOptions): Promise<Database>;
  /** Throws when the database does not respond within 0.8 seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The configuration of MikroORM's command line, for `mikro-orm.config.ts`. */
export async function ormOptions(config: DatabaseOptions, entities: Entities): Promise<SqlOptions> {
  return ormOptionsFor(config, await createEngine(config, {}), entities);
}

/** Opens the database, and creates an SQLite file that is missing. migrate() creates the tables. */
export async function openDatabase(
  database: DatabaseOptions,
  entities: Entities,
  options: EngineOptions = {},
): Promise<Database> {
  try {
    return await open(database, entities, options);
  } catch (error) {
    throw error instanceof UnsupportedDatabaseError ? error : new DatabaseConnectionError(error);
  }
}

/** The database cannot be opened; the service does not start. */
class DatabaseConnectionError extends Error {
  override name = 'DatabaseConnectionError';

  constructor(cause: unknown) {
    super(
      `DATABASE_URL: the database cannot be opened (${reasonOf(cause)}); check the URL, and that the service may use the database.`,
    );
    this.cause = cause;
  }
}

/** The error code, else the client library's message, which holds no secrets where it has no code. */
function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? 'unknown');
}

async function open(config: DatabaseOptions, entities: Entities, options: EngineOptions): Promise<Database> {
  const engine = await createEngine(config, options);
  const orm = await MikroORM.init(ormOptionsFor(config, engine, entities));
  try {
    await orm.connect();
    await engine.open();
  } catch (error) {
    await orm.close().catch(() => {});
    throw error;
  }
  let readUser: (() => Promise<unknown>) | undefined;
  return {
    orm,
    kind: config.kind,
    reopen: other => openDatabase(config, entities, other),
    migrations: engine.migrations,
    withMigrationLock: job => engine.withMigrationLock(job),
    prepareLookup: lookup => engine.prepareLookup(lookup),
    prepareRead: sql => engine.prepareRead(sql),
    async ping() {
      // Reads a table, since a cluster node without quorum still responds to statements without one.
      readUser ??= engine.prepareRead('select 1 from users limit 1');
      await withTimeout(PING_TIMEOUT_MS, readUser());
    },
    async close() {
      await engine.close();
      await orm.close();
    },
  };
}

/** Entities name collations of PostgreSQL. On the other engines every text is compared byte by byte anyway. */
function dropCollations({ properties }: EntityMetadata): void {
  for (const property of Object.values(properties)) delete property.collation;
}

/** Loads the client library of the configured engine only. */
async function createEngine(config: DatabaseOptions, options: EngineOptions): Promise<Engine> {
  switch (config.kind) {
    case 'sqlite':
      return new (await import('./sqlite.ts')).SqliteEngine(config);
    case 'postgresql':
      return new (await import('./postgresql.ts')).PostgresqlEngine(config, options);
    case 'mysql':
      return new (await import('./mysql.ts')).MysqlEngine(config, options);
  }
}

function ormOptionsFor({ kind }: DatabaseOptions, { options, migrations }: Engine, entities: Entities): SqlOptions {
  return {
    ...options,
    entities: [...entities],
    metadataProvider: ReflectMetadataProvider,
    namingStrategy: UnderscoreNamingStrategy,
    extensions: [Migrator],
    discovery: { onMetadata: kind === 'postgresql' ? () => {} : dropCollations },
    // Separates this RequestContext from a host program's.
    contextName: 'bienvenue',
    // MikroORM would look for the database, and create it, on a connection of its own.
    ensureDatabase: false,
    migrations: {
      tableName: MIGRATIONS_TABLE,
      migrationsList: migrations,
      path: packageFile(`schema/migrations/${kind}`),
      snapshotName: 'snapshot',
      snapshotOnMigrate: false,
      // On SQLite all pending migrations are one transaction, so that of several replicas one runs all of them. On
      // servers a lock does that, and MySQL commits at every table anyway.
      allOrNothing: kind === 'sqlite',
      // Disabling foreign keys takes a superuser on PostgreSQL.
      disableForeignKeys: false,
      silent: true,
    },
    // MikroORM's log prints values; the service has its own log.
    logger: () => {},
  };
}
