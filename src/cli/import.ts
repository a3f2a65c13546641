import { openDatabase } from '../database.ts';
import type { Options } from '../options.ts';
import type { Database } from '../persistence/database.ts';
import { runPendingMigrations } from '../persistence/migrations.ts';
import { loadOptions } from '../server/environment.ts';
import { ExportFile } from '../transfer/export-file.ts';
import { Import } from '../transfer/import.ts';
import { type Command, UsageError } from './command.ts';
import { formatCounts } from './export.ts';

export const importCommand: Command = async ([path, ...rest]) => {
  if (rest.length > 0) throw new UsageError('import takes one FILE, or none');
  if (path === undefined && process.stdin.isTTY)
    throw new UsageError('import takes a FILE, or an export piped to stdin');
  const settings = loadOptions();
  const file = await (path === undefined ? ExportFile.piped(process.stdin) : ExportFile.at(path));
  try {
    const database = await openDatabase(settings, { withoutTimeouts: true });
    await importInto(database, file, settings).finally(() => database.close());
  } finally {
    await file.close();
  }
  return 0;
};

async function importInto(database: Database, file: ExportFile, settings: Options): Promise<void> {
  const imported = new Import(database, file);
  await imported.check();
  await runPendingMigrations(database, settings);
  process.stdout.write(formatCounts('imported', await imported.run()));
}
