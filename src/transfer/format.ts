import { createHash } from 'node:crypto';
import { cellIssue, type Row, type Table } from './tables.ts';
import { TransferError } from './transfer-error.ts';

/** Incremented when an older file could be misread. */
const VERSION = 1;

/** The first line: format, version, tables and columns. */
export const headerLine = (tables: readonly Table[]): string =>
  JSON.stringify({ format: 'bienvenue', version: VERSION, tables: columnNames(tables) });

const columnNames = (tables: readonly Table[]) =>
  Object.fromEntries(tables.map(({ name, columns }) => [name, columns.map(column => column.name)]));

/** One row, its columns in the order of the table. */
export const rowLine = ({ name }: Table, row: Row): string => JSON.stringify([name, row]);

/** Rows per table. */
export type RowCounts = Record<string, number>;

/** Checks an export line by line, and computes its last line. */
export class ExportChecksum {
  readonly counts: RowCounts;
  private readonly hash = createHash('sha256');
  private readonly tables: readonly Table[];
  private table?: Table;
  private lastKey = '';

  constructor(tables: readonly Table[]) {
    this.tables = tables;
    this.counts = Object.fromEntries(tables.map(({ name }) => [name, 0]));
    this.update(headerLine(tables));
  }

  /** Throws for a row that is out of order, or that not every database can store. */
  add(table: Table, row: Row, line: string): void {
    if (this.table !== table) {
      if (this.table && this.tables.indexOf(table) < this.tables.indexOf(this.table)) throw orderError(table);
      this.table = table;
      this.lastKey = '';
    }
    checkRow(table, row);
    const key = row[table.key] as string;
    // A database with another sort order would skip rows between two pages.
    if (key <= this.lastKey) throw orderError(table);
    this.lastKey = key;
    this.counts[table.name] = (this.counts[table.name] ?? 0) + 1;
    this.update(line);
  }

  /** Row counts and a SHA-256 of all lines before; its absence shows that a file was truncated. */
  lastLine(): string {
    return JSON.stringify({ rows: this.counts, sha256: this.hash.copy().digest('hex') });
  }

  private update(line: string): void {
    this.hash.update(line).update('\n');
  }
}

const orderError = ({ name }: Table) => new TransferError(`rows of ${name} are out of order; export again.`);

/** Throws unless this is the first line of an export of these tables. */
export function checkHeader(line: string, tables: readonly Table[]): void {
  const header = parse(line) as { format?: unknown; version?: unknown; tables?: unknown } | null;
  if (header?.format !== 'bienvenue') throw new TransferError('this is not an export of Bienvenue.');
  if (header.version !== VERSION) {
    throw new TransferError(
      `this export has a version other than ${VERSION}; import it with the release that wrote it, then upgrade.`,
    );
  }
  if (line !== headerLine(tables)) {
    throw new TransferError(
      `this export has other tables or columns (${differences(header.tables, tables)}); import it with the release that wrote it, then upgrade.`,
    );
  }
}

/** Names from our own tables only: the file is untrusted. */
function differences(fileTables: unknown, tables: readonly Table[]): string {
  const inFile = new Map<string, unknown>(Object.entries(fileTables ?? {}));
  const missing = tables.flatMap(({ name, columns }) => {
    const found = inFile.get(name);
    if (!Array.isArray(found)) return name;
    return columns.filter(column => !found.includes(column.name)).map(column => `${name}.${column.name}`);
  });
  return missing.length > 0 ? `without ${missing.join(', ')}` : 'unknown ones, or in another order';
}

/** The row in a line, if the line is exactly what an export would have written. */
export function readRow(line: string, tables: readonly Table[]): { table: Table; row: Row } | undefined {
  const parsed = parse(line);
  const [name, row] = Array.isArray(parsed) ? parsed : [];
  const table = tables.find(known => known.name === name);
  if (!table || typeof row !== 'object' || row === null) return undefined;
  const cells = table.columns.map(column => [column.name, (row as Row)[column.name]]);
  const known = Object.fromEntries(cells) as Row;
  return line === rowLine(table, known) ? { table, row: known } : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function checkRow({ name, key, columns }: Table, row: Row): void {
  for (const column of columns) {
    const issue = cellIssue(column, row[column.name]);
    // An invalid key is not repeated in the message.
    const which = column.name === key ? 'a row' : String(row[key]);
    if (issue)
      throw new TransferError(`${name}, ${which}: ${column.name} ${issue}; correct that row and export again.`);
  }
}
