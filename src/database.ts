import type { SqlOptions } from '@mikro-orm/sql';
import { databaseOf } from './options/connection-urls.ts';
import type { Options } from './options.ts';
import * as persistence from './persistence/database.ts';
import type { EngineOptions } from './persistence/engine.ts';
import { entities } from './registry.ts';

type DatabaseSettings = Pick<Options, 'databaseUrl' | 'databasePool'>;

/** Opens the configured database with the tables of every feature. */
export const openDatabase = (options: DatabaseSettings, engineOptions: EngineOptions = {}) =>
  persistence.openDatabase(databaseOf(options), entities, engineOptions);

/** For MikroORM's own command line. */
export const ormOptions = (options: DatabaseSettings): Promise<SqlOptions> =>
  persistence.ormOptions(databaseOf(options), entities);
