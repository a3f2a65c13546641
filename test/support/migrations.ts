import type { migrations } from '../../schema/migrations/sqlite/index.ts';
import { ENGINE } from './databases/new-database.ts';

/** Where the migrations of this run's engine are. */
export const MIGRATIONS = `schema/migrations/${ENGINE}`;

/** Those that are named there, oldest first. */
export const migrationsOfEngine: typeof migrations = (await import(`../../${MIGRATIONS}/index.ts`)).migrations;
