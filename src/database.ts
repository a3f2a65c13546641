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
  try {
    return await open(config.database);
  } catch (error) {
    throw new DatabaseNotOpened(error);
  }
}

/** The start was refused. */
export class DatabaseNotOpened extends Error {
  constructor(cause: unknown) {
    const reason = String((cause as { code?: unknown } | null)?.code ?? 'unknown');
    super(`DATABASE_URL: the database cannot be opened (${reason}); check where it points, and who may write there.`);
    this.name = 'DatabaseNotOpened';
    this.cause = cause;
  }
}

async function open({ path }: DatabaseConfig): Promise<Database> {
  const orm = await MikroORM.init(ormOptions({ kind: 'sqlite', path }));
  await orm.connect();
  // A handle of its own: on the one that writes, a read would see what an open transaction has not committed yet.
  const reader = openSqlite(path, { readonly: true });
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

const MOST_TRIES = 5;

/**
 * Runs what is pending, or takes the last one back. Gives the names of what ran. Of several processes that start at once
 * on a new database one runs it; the others find that it is done.
 */
export async function migrate({ orm }: Pick<Database, 'orm'>, direction: 'up' | 'down'): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    try {
      const ran = await orm.migrator[direction]();
      return ran.map(({ name }) => name);
    } catch (error) {
      // MikroORM looks for its table of migrations before it takes the lock: another may make it in between.
      if (!/table .* already exists/.test(String(error)) || tries === MOST_TRIES) throw error;
    }
  }
}
