import { sweep } from './server-database.ts';

/** Before and after all tests: what this run has made, or one that was killed has left behind, is taken away. */
export default async function sweepDatabases(): Promise<void> {
  switch (process.env.TEST_DATABASE) {
    case 'postgresql':
      return sweep(await (await import('./postgresql.ts')).PostgresqlServer.connect());
    case 'mysql':
      return sweep(await (await import('./mysql.ts')).MysqlServer.connect());
  }
}
