import { openDatabase } from '../database.ts';
import { databaseOf } from '../options/connection-urls.ts';
import type { Options } from '../options.ts';
import type { Database } from '../persistence/database.ts';
import { isPostgresqlInUse, isSqliteFileInUse } from '../persistence/in-use.ts';
import { migrate, migrationStatus } from '../persistence/migrations.ts';
import { loadOptions } from '../server/environment.ts';
import { type Command, UsageError } from './command.ts';

const UNCONFIRMED =
  'migrate down deletes the tables and columns of the last migration with everything in them, accounts included. ' +
  'Stop the service and make a backup, then run: bienvenue migrate down --yes';
const IN_USE = 'migrate down: the service is using the database; stop all of its processes, then repeat the command.';

/** On MySQL a running service cannot be distinguished from other programs: only the confirmation protects the data. */
const ACTIONS = new Map<string, (options: Options) => Promise<string[]>>([
  ['up', options => withDatabase(options, database => run(database, 'up', 'applied'))],
  ['down', revert],
  ['status', options => withDatabase(options, status)],
]);

export const migrateCommand: Command = async ([direction = 'up', ...rest]) => {
  const action = ACTIONS.get(direction);
  const confirmed = direction === 'down' && rest.join() === '--yes';
  if (!action || (rest.length > 0 && !confirmed)) throw new UsageError('migrate takes one of up, down, status');
  if (direction === 'down' && !confirmed) throw new Error(UNCONFIRMED);
  process.stdout.write(`${(await action(loadOptions())).join('\n')}\n`);
  return 0;
};

async function revert(options: Options): Promise<string[]> {
  const target = databaseOf(options);
  if (target.kind === 'sqlite' && isSqliteFileInUse(target.path)) throw new Error(IN_USE);
  return withDatabase(options, async database => {
    if (target.kind === 'postgresql' && (await isPostgresqlInUse(database))) throw new Error(IN_USE);
    return run(database, 'down', 'reverted');
  });
}

async function withDatabase<T>(options: Options, job: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(options, { withoutTimeouts: true });
  return job(database).finally(() => database.close());
}

async function status(database: Database): Promise<string[]> {
  const migrations = await migrationStatus(database);
  return migrations.map(({ name, executedAt }) => `${name}  ${executedAt?.toISOString() ?? 'pending'}`);
}

async function run(database: Database, direction: 'up' | 'down', verb: string): Promise<string[]> {
  const names = await migrate(database, direction);
  return names.length > 0 ? names.map(name => `${verb}: ${name}`) : ['there was nothing to do'];
}
