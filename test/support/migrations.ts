import type { migrations } from '../../schema/migrations/sqlite/index.ts';
import { ENGINE } from './databases/new-database.ts';

/** Where the migrations of this run's engine are. */
export const MIGRATIONS = `schema/migrations/${ENGINE}`;

/** Those that are named there, oldest first. */
export const migrationsOfEngine: typeof migrations = (await import(`../../${MIGRATIONS}/index.ts`)).migrations;

/**
 * What MikroORM would still change. MariaDB tells "no default" of a text that may be null as the word NULL, which MikroORM's
 * helper for MySQL takes for a default; it would write the column as it is. That is no change.
 */
export const changesIn = (sql: string): string[] =>
  (sql.match(/^(alter|create|drop) .*$/gim) ?? []).filter(change => !AS_IT_IS.test(change));

const AS_IT_IS = /^alter table `\w+` modify `\w+` varchar\(\d+\) null;$/;
