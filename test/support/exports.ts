import { createHash } from 'node:crypto';
import type { Environment } from '../../src/options/environment.ts';
import { runCommand } from './commands.ts';
import type { TestDatabase } from './databases/test-database.ts';
import { Folder } from './folder.ts';

/** The output of `bienvenue export`. */
export async function exportOf({ url }: Pick<TestDatabase, 'url'>): Promise<string> {
  const { code, stdout, stderr } = await runCommand(['export'], { DATABASE_URL: url });
  if (code !== 0) throw new Error(`the export ended with ${code}: ${stderr}`);
  return stdout;
}

/** Imports the text of an export into the database. */
export async function importInto({ url }: Pick<TestDatabase, 'url'>, exported: string, env: Environment = {}) {
  const folder = new Folder();
  const outcome = await runCommand(['import', folder.write('export', exported)], { DATABASE_URL: url, ...env });
  folder.remove();
  return outcome;
}

/** A row of an export. */
export type Line = [table: string, row: Record<string, unknown>];

/** Splits an export into its header line and its rows. */
export function parseExport(exported: string): { header: string; rows: Line[] } {
  const [header = '', ...lines] = exported.trimEnd().split('\n').slice(0, -1);
  return { header, rows: lines.map(line => JSON.parse(line)) };
}

/** An export of these rows with a valid last line, as an attacker could write it. */
export function forgeExport(header: string, rows: Iterable<Line | string>): string {
  const { tables } = JSON.parse(header) as { tables: Record<string, string[]> };
  const counts = Object.fromEntries(Object.keys(tables).map(table => [table, 0]));
  const lines = [header];
  for (const row of rows) {
    lines.push(typeof row === 'string' ? row : JSON.stringify(row));
    const [table] = typeof row === 'string' ? JSON.parse(row) : row;
    counts[table] = (counts[table] ?? 0) + 1;
  }
  const body = `${lines.join('\n')}\n`;
  return `${body}${JSON.stringify({ rows: counts, sha256: createHash('sha256').update(body).digest('hex') })}\n`;
}

/** The account of an export and `count` copies of its session, of about 700 bytes each. */
export function manySessions(exported: string, count: number): Line[] {
  const { rows } = parseExport(exported);
  const rowOf = (table: string) => rows.find(([name]) => name === table)?.[1];
  const sessions = Array.from(
    { length: count },
    (_, number): Line => [
      'sessions',
      {
        ...rowOf('sessions'),
        id: `01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
        token_hash: createHash('sha256').update(String(number)).digest('hex'),
        created_at: number,
        last_used_at: number,
        expires_at: 2 ** 52,
        ip_address: '2001:db8::1',
        user_agent: `${number} `.padEnd(255, '\u00e9'),
      },
    ],
  );
  return [['users', rowOf('users') ?? {}], ...sessions];
}
