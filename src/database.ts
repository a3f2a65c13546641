import 'reflect-metadata';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type Options, UnderscoreNamingStrategy } from '@mikro-orm/sqlite';
import { migrations } from '../schema/migrations/sqlite/index.ts';
import type { Config, DatabaseConfig } from './config.ts';
import { openSqlite, PatientSqliteDialect } from './databases/sqlite.ts';
import { entities } from './entities.ts';
import { packageFile } from './package.ts';

export type { EntityManager } from '@mikro-orm/sqlite';

/** The configured database: MikroORM for everything, and prepared reads for what every request asks. */
export interface Database {
  readonly orm: MikroORM;
  /** A statement that the engine prepares once. It reads what is committed, beside any open transaction. */
  prepareRead<Row>(sql: string): (...parameters: unknown[]) => Promise<Row | undefined>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What MikroORM needs to know; also what its own command line is given in `mikro-orm.config.ts`. */
export function ormOptions({ path }: DatabaseConfig): Options {
  return defineConfig({
    entities,
    dbName: path,
    driverOptions: new PatientSqliteDialect(() => openSqlite(path)),
    metadataProvider: ReflectMetadataProvider,
    namingStrategy: UnderscoreNamingStrategy,
    extensions: [Migrator],
    // A name of our own, so that a host's RequestContext is not taken for ours.
    contextName: 'bienvenue',
    migrations: {
      migrationsList: migrations,
      path: packageFile('schema/migrations/sqlite'),
      snapshotName: 'snapshot',
      snapshotOnMigrate: false,
      silent: true,
    },
    // Logging is ours: theirs would print values.
    logger: () => {},
  });
}

/** Opens the database. It is made when it is missing; its tables are the business of migrate(). */
export async function openDatabase(config: Config): Promise<Database> {
  const orm = await MikroORM.init(ormOptions(config.database));
  await orm.connect();
  // A handle of its own: on the one that writes, a read would see what an open transaction has not committed yet.
  const reader = openSqlite(config.database.path, { readonly: true });
  return {
    orm,
    prepareRead<Row>(sql: string) {
      const statement = reader.prepare<unknown[], Row>(sql);
      return async (...parameters) => statement.get(...parameters);
    },
    async ping() {
      reader.prepare('select 1 from users limit 1').get();
    },
    async close() {
      reader.close();
      await orm.close();
    },
  };
}

export interface Migration {
  name: string;
  executedAt: Date | null;
}

/** Every migration, oldest first, and when it ran. */
export async function migrationStatus({ orm }: Pick<Database, 'orm'>): Promise<Migration[]> {
  const done = new Map((await orm.migrator.getExecuted()).map(row => [row.name, row.executed_at]));
  return migrations.map(({ name }) => ({ name, executedAt: done.get(name) ?? null }));
}

/** Runs what is pending, or takes the last one back. Gives the names of what ran. */
export async function migrate({ orm }: Pick<Database, 'orm'>, direction: 'up' | 'down'): Promise<string[]> {
  const ran = await orm.migrator[direction]();
  return ran.map(({ name }) => name);
}
