import { openDatabase } from '../database.ts';
import type { Database } from '../persistence/database.ts';
import { migrate, migrationStatus } from '../persistence/migrations.ts';
import { loadOptions } from '../server/environment.ts';
import { type Command, UsageError } from './command.ts';

const DIRECTIONS = new Map<string, (database: Database) => Promise<string[]>>([
  ['up', database => ran(database, 'up', 'applied')],
  ['down', database => ran(database, 'down', 'taken back')],
  ['status', status],
]);

async function status(database: Database): Promise<string[]> {
  const migrations = await migrationStatus(database);
  return migrations.map(({ name, executedAt }) => `${name}  ${executedAt?.toISOString() ?? 'pending'}`);
}

export const migrateCommand: Command = async ([direction = 'up', ...rest]) => {
  const run = DIRECTIONS.get(direction);
  if (!run || rest.length > 0) throw new UsageError('migrate takes one of up, down, status');
  const database = await openDatabase(loadOptions(), { withoutTimeouts: true });
  try {
    process.stdout.write(`${(await run(database)).join('\n')}\n`);
  } finally {
    await database.close();
  }
  return 0;
};

async function ran(database: Database, direction: 'up' | 'down', verb: string): Promise<string[]> {
  const names = await migrate(database, direction);
  return names.length > 0 ? names.map(name => `${verb}: ${name}`) : ['there was nothing to do'];
}
