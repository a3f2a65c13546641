import type { Database } from '../persistence/database.ts';
import { Export } from './export.ts';
import type { ExportFile } from './export-file.ts';
import { type RowCounts, readRow } from './format.ts';
import { type Row, type Table, tablesOf, type Value } from './tables.ts';
import { TransferDatabaseError, TransferError } from './transfer-error.ts';

/** Cells per insert: a thousand rows of the widest table, below every engine's limit of parameters. */
const MAX_CELLS = 10_000;

interface Batch {
  table: Table;
  rows: Row[];
}

/** Imports an export into a database with empty tables. */
export class Import {
  private readonly tables: readonly Table[];
  /** Rows that may be in the database, and are deleted if the import fails. */
  private readonly written = new Map<Table, number>();

  constructor(
    private readonly database: Database,
    private readonly file: ExportFile,
  ) {
    this.tables = tablesOf(database.orm);
  }

  /** Reads the whole file. Throws TransferError when it is incomplete or was made for other tables. */
  async check(): Promise<void> {
    for await (const _ of this.file.rows(this.tables));
  }

  /**
   * Writes every row, then exports the database and compares that with the file. Returns the row counts. Throws when the
   * database is not empty or returns something else than was written; it is left empty then.
   */
  async run(): Promise<RowCounts> {
    return this.database.withMigrationLock(async () => {
      await this.assertEmpty();
      try {
        for await (const batch of this.batches()) await this.write(batch);
        return await this.compare();
      } catch (error) {
        throw await this.undo(error as Error);
      }
    });
  }

  private async assertEmpty(): Promise<void> {
    const kysely = this.kysely();
    for (const { name, key } of this.tables) {
      const rows = await kysely.selectFrom(name).select(key).limit(1).execute();
      if (rows.length === 0) continue;
      throw new TransferError(
        `DATABASE_URL: ${name} is not empty, and an import needs an empty database; create a new one. If an import was killed, drop the database that it left.`,
      );
    }
  }

  private async *batches(): AsyncGenerator<Batch> {
    let batch: Batch | undefined;
    for await (const { table, row } of this.file.rows(this.tables)) {
      if (batch && (batch.table !== table || batch.rows.length >= MAX_CELLS / table.columns.length)) {
        yield batch;
        batch = undefined;
      }
      batch ??= { table, rows: [] };
      batch.rows.push(row);
    }
    if (batch) yield batch;
  }

  private async write({ table, rows }: Batch): Promise<void> {
    try {
      await this.database.orm.em.fork().transactional(async em => {
        await em.getKysely<Record<string, Row>>().insertInto(table.name).values(rows.map(stored)).execute();
        // Counted before the commit, whose response can be lost.
        this.written.set(table, (this.written.get(table) ?? 0) + rows.length);
      });
    } catch (error) {
      const [first, last] = [rows[0], rows.at(-1)].map(row => row?.[table.key]);
      throw new TransferDatabaseError(`DATABASE_URL: ${table.name} cannot be written, from ${first} to ${last}`, error);
    }
  }

  /** An export of the database has to equal the file. */
  private async compare(): Promise<RowCounts> {
    const imported = new Export(this.database);
    const lines = this.file.lines();
    for await (const page of imported.pages()) {
      for (const line of page) {
        const { value = '' } = await lines.next();
        if (line !== value) throw this.difference(value, line);
      }
    }
    return imported.counts;
  }

  private difference(expected: string, found: string): TransferError {
    const [fileRow, databaseRow] = [this.positionOf(expected), this.positionOf(found)];
    return new TransferError(
      fileRow.at <= databaseRow.at
        ? `${fileRow.name}: the database does not return what was written; report this with the name and version of the database.`
        : `${databaseRow.name}: another client writes to the database; stop it.`,
    );
  }

  /** The name of a row, and its sort position among all rows. */
  private positionOf(line: string): { name: string; at: string } {
    const found = readRow(line, this.tables);
    if (!found) return { name: 'the last line', at: '~' };
    const { table, row } = found;
    const number = String(this.tables.indexOf(table)).padStart(4, '0');
    return { name: `${table.name}, ${row[table.key]}`, at: `${number} ${row[table.key]}` };
  }

  private async undo(error: Error): Promise<Error> {
    const outcome = await this.deleteWritten().then(
      () => 'Nothing of the import remains in the database.',
      () => 'The rows that were written cannot be deleted now: drop the database and create a new one.',
    );
    error.message += ` ${outcome}`;
    return error;
  }

  /** Deletes by key, so that rows of other clients stay. Referencing tables come first. */
  private async deleteWritten(): Promise<void> {
    for (const [table, count] of [...this.written].toReversed()) {
      let remaining = count;
      for await (const batch of this.batches()) {
        if (batch.table !== table) continue;
        const keys = batch.rows.map(row => row[table.key] as Value);
        await this.kysely().deleteFrom(table.name).where(table.key, 'in', keys).execute();
        remaining -= keys.length;
        if (remaining <= 0) break;
      }
    }
  }

  private kysely() {
    return this.database.orm.em.fork().getKysely<Record<string, Row>>();
  }
}

/** SQLite does not bind booleans, and the other engines accept 0 and 1. */
function stored(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]),
  );
}
