import { dropUnused } from './server-database.ts';

/** Runs before and after all tests: drops the databases of this run and of earlier runs that were killed. */
export default async function dropLeftovers(): Promise<void> {
  switch (process.env.TEST_DATABASE) {
    case 'postgresql':
      return dropUnused(await (await import('./postgresql.ts')).PostgresqlServer.connect());
    case 'mysql':
      return dropUnused(await (await import('./mysql.ts')).MysqlServer.connect());
  }
}
