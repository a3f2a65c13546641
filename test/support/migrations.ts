import type { migrations } from '../../schema/migrations/sqlite/index.ts';
import { ENGINE } from './databases/new-database.ts';

/** Where the migrations of this run's engine are. */
export const MIGRATIONS = `schema/migrations/${ENGINE}`;

/** Those that are named there, oldest first. */
export const migrationsOfEngine: typeof migrations = (await import(`../../${MIGRATIONS}/index.ts`)).migrations;

/**
 * What MikroORM would still change. MariaDB reports the missing default of a nullable text column as the word NULL,
 * which MikroORM takes for a default. The statement that it then proposes changes nothing.
 */
export const changesIn = (sql: string): string[] =>
  (sql.match(/^(alter|create|drop) .*$/gim) ?? []).filter(change => !NO_CHANGE.test(change));

const NO_CHANGE = /^alter table `\w+` modify `\w+` varchar\(\d+\) null;$/;
