import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openDatabase } from '../database.ts';
import { loadOptions } from '../server/environment.ts';
import { Export } from '../transfer/export.ts';
import { writeFile } from '../transfer/export-file.ts';
import { type Command, UsageError } from './command.ts';

export const exportCommand: Command = async ([path, ...rest]) => {
  if (rest.length > 0) throw new UsageError('export takes one FILE, or none');
  const database = await openDatabase(loadOptions(), { withoutTimeouts: true });
  try {
    const exported = new Export(database);
    await (path === undefined ? print(exported) : writeFile(path, textOf(exported)));
    // The counts must not end up in an export that goes to stdout.
    (path === undefined ? process.stderr : process.stdout).write(formatCounts('exported', exported.counts));
  } finally {
    await database.close();
  }
  return 0;
};

/** The number of rows of each table, one per line. */
export function formatCounts(verb: string, counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([table, count]) => `${verb}: ${table}, ${count} ${count === 1 ? 'row' : 'rows'}\n`)
    .join('');
}

async function print(exported: Export): Promise<void> {
  await pipeline(Readable.from(textOf(exported)), process.stdout, { end: false });
}

async function* textOf(exported: Export): AsyncGenerator<string> {
  for await (const lines of exported.pages()) yield `${lines.join('\n')}\n`;
}
