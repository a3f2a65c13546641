import type { SqlOptions } from '@mikro-orm/sql';
import type { Config } from './config.ts';
import * as persistence from './persistence/database.ts';
import type { EngineOptions } from './persistence/engine.ts';
import { entities } from './registry.ts';

/** Opens the configured database with the tables of every feature. */
export const openDatabase = (config: Pick<Config, 'database'>, options: EngineOptions = {}) =>
  persistence.openDatabase(config, entities, options);

/** For MikroORM's own command line. */
export const ormOptions = ({ database }: Pick<Config, 'database'>): Promise<SqlOptions> =>
  persistence.ormOptions(database, entities);
