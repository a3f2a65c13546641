import { dropUnused } from './server-database.ts';

/** Drops the databases of this run and of earlier runs that were killed. */
export async function dropLeftovers(): Promise<void> {
  switch (process.env.TEST_DATABASE) {
    case 'postgresql':
      return dropUnused(await (await import('./postgresql.ts')).PostgresqlServer.connect());
    case 'mysql':
      return dropUnused(await (await import('./mysql.ts')).MysqlServer.connect());
  }
}
