import { createHash } from 'node:crypto';
import { faultOf, type Row, type Table } from './tables.ts';

/** Raised when a file of an earlier version could be understood wrongly. */
export const VERSION = 1;

/** It cannot be moved. The message says why, and what to do; it never holds what a row holds, beside its key. */
export class TransferError extends Error {
  override name = 'TransferRefused';
}

/** The first line: what the file is, and of which tables and columns. */
export const headerLine = (tables: readonly Table[]): string =>
  JSON.stringify({ format: 'bienvenue', version: VERSION, tables: columnNames(tables) });

const columnNames = (tables: readonly Table[]) =>
  Object.fromEntries(tables.map(({ name, columns }) => [name, columns.map(column => column.name)]));

/** One row. The columns are in the order that the table has them in. */
export const rowLine = ({ name }: Table, row: Row): string => JSON.stringify([name, row]);

/** How many rows there were of each table. */
export type Counts = Record<string, number>;

/** Goes through an export line by line, sees that all is in order, and knows what the last line has to be. */
export class ExportChecksum {
  readonly counts: Counts;
  private readonly hash = createHash('sha256');
  private readonly tables: readonly Table[];
  private table?: Table;
  private key = '';

  constructor(tables: readonly Table[]) {
    this.tables = tables;
    this.counts = Object.fromEntries(tables.map(({ name }) => [name, 0]));
    this.take(headerLine(tables));
  }

  /** Throws where a row does not come after the last one, or holds what not every database could keep. */
  add(table: Table, row: Row, line: string): void {
    if (this.table !== table) {
      if (this.table && this.tables.indexOf(table) < this.tables.indexOf(this.table)) throw outOfOrder(table);
      this.table = table;
      this.key = '';
    }
    checkRow(table, row);
    const key = row[table.key] as string;
    // A database that orders keys in another way would leave rows out.
    if (key <= this.key) throw outOfOrder(table);
    this.key = key;
    this.counts[table.name] = (this.counts[table.name] ?? 0) + 1;
    this.take(line);
  }

  /** The last line: without it the export was cut short. */
  end(): string {
    return JSON.stringify({ rows: this.counts, sha256: this.hash.copy().digest('hex') });
  }

  private take(line: string): void {
    this.hash.update(line).update('\n');
  }
}

const outOfOrder = ({ name }: Table) => new TransferError(`rows of ${name} come out of order; export again.`);

/** Throws unless this is the first line of a file for these tables. */
export function checkHeader(line: string, tables: readonly Table[]): void {
  const header = parsed(line) as { format?: unknown; version?: unknown; tables?: unknown } | null;
  if (header?.format !== 'bienvenue') throw new TransferError('this is no export of Bienvenue.');
  if (header.version !== VERSION) {
    throw new TransferError(
      `this is an export of another version than ${VERSION}; import it with the Bienvenue that wrote it, then upgrade that.`,
    );
  }
  if (line !== headerLine(tables)) {
    throw new TransferError(
      `this export has other tables or columns (${differences(header.tables, tables)}); import it with the Bienvenue that wrote it, then upgrade that.`,
    );
  }
}

/** By our own names alone: the file's could be anything. */
function differences(theirs: unknown, tables: readonly Table[]): string {
  const of = (name: string): unknown[] => {
    const columns = Object.entries(theirs ?? {}).find(([table]) => table === name)?.[1];
    return Array.isArray(columns) ? columns : [];
  };
  const missing = tables.flatMap(({ name, columns }) =>
    columns.filter(column => !of(name).includes(column.name)).map(column => `${name}.${column.name}`),
  );
  return missing.length > 0 ? `without ${missing.join(', ')}` : 'some are unknown here, or in another order';
}

/** The row that a line holds, if it is one as an export would have written it, letter by letter. */
export function readRow(line: string, tables: readonly Table[]): { table: Table; row: Row } | undefined {
  const [name, row] = arrayOf(parsed(line));
  const table = tables.find(known => known.name === name);
  if (!table || typeof row !== 'object' || row === null) return undefined;
  const cells = table.columns.map(column => [column.name, (row as Row)[column.name]]);
  const known = Object.fromEntries(cells) as Row;
  return line === rowLine(table, known) ? { table, row: known } : undefined;
}

const arrayOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function checkRow({ name, key, columns }: Table, row: Row): void {
  for (const column of columns) {
    const fault = faultOf(column, row[column.name]);
    // A key that is none is not repeated.
    const which = column.name === key ? 'a row' : String(row[key]);
    if (fault) throw new TransferError(`${name}, ${which}: ${column.name} ${fault}; mend that row, and export again.`);
  }
}
