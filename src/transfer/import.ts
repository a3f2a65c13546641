import type { Database } from '../persistence/database.ts';
import { Export } from './export.ts';
import type { ExportFile } from './export-file.ts';
import { type Counts, readRow, TransferError } from './format.ts';
import { type Row, type Table, tablesOf, type Value } from './tables.ts';
import { TransferFailed } from './transfer-failed.ts';

/** What is written at once: a thousand rows of the widest table, and fewer parameters than any engine takes. */
const CELLS = 10_000;

interface Batch {
  table: Table;
  rows: Row[];
}

/** Takes an export into a database that has its tables, and nothing in them. */
export class Import {
  private readonly tables: readonly Table[];
  /** May be in the database: to be taken back if need be. */
  private readonly written = new Map<Table, number>();

  constructor(
    private readonly database: Database,
    private readonly file: ExportFile,
  ) {
    this.tables = tablesOf(database.orm);
  }

  /** Reads the file to its end. Throws TransferRefused where it is not whole, or not for these tables. */
  async check(): Promise<void> {
    for await (const _ of this.file.rows(this.tables));
  }

  /**
   * Writes every row, reads all of them back, and compares them with the file. Gives the number of rows of each table.
   * Throws where the database is not empty, or does not give back what it was given; nothing stays in it then.
   */
  async run(): Promise<Counts> {
    return this.database.withMigrationLock(async () => {
      await this.refuseUnlessEmpty();
      try {
        for await (const batch of this.batches()) await this.write(batch);
        return await this.compare();
      } catch (error) {
        throw await this.undone(error as Error);
      }
    });
  }

  private async refuseUnlessEmpty(): Promise<void> {
    const kysely = this.kysely();
    for (const { name, key } of this.tables) {
      const rows = await kysely.selectFrom(name).select(key).limit(1).execute();
      if (rows.length === 0) continue;
      throw new TransferError(
        `DATABASE_URL: ${name} holds rows, and an import wants an empty database; make a new one. If an import was killed on its way there, drop what it left.`,
      );
    }
  }

  private async *batches(): AsyncGenerator<Batch> {
    let batch: Batch | undefined;
    for await (const { table, row } of this.file.rows(this.tables)) {
      if (batch && (batch.table !== table || batch.rows.length >= CELLS / table.columns.length)) {
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
        // From here on it may be there, even where the answer to the commit was lost.
        this.written.set(table, (this.written.get(table) ?? 0) + rows.length);
      });
    } catch (error) {
      const [first, last] = [rows[0], rows.at(-1)].map(row => row?.[table.key]);
      throw new TransferFailed(`DATABASE_URL: ${table.name} cannot be written, from ${first} to ${last}`, error);
    }
  }

  /** What an export of the database says now has to be what the file says. */
  private async compare(): Promise<Counts> {
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

  private difference(wanted: string, found: string): TransferError {
    const [ours, theirs] = [this.placeOf(wanted), this.placeOf(found)];
    return new TransferError(
      ours.at <= theirs.at
        ? `${ours.name}: the database does not give back what it was given.`
        : `${theirs.name}: somebody else writes to the database; stop what does.`,
    );
  }

  /** A row by its table and key, and where it comes among all rows. */
  private placeOf(line: string): { name: string; at: string } {
    const found = readRow(line, this.tables);
    if (!found) return { name: 'the last line', at: '~' };
    const { table, row } = found;
    const number = String(this.tables.indexOf(table)).padStart(4, '0');
    return { name: `${table.name}, ${row[table.key]}`, at: `${number} ${row[table.key]}` };
  }

  private async undone(error: Error): Promise<Error> {
    const outcome = await this.takeBack().then(
      () => 'Nothing of it stays in the database.',
      () => 'What was written of it cannot be taken back now: drop that database, and make a new one.',
    );
    error.message += ` ${outcome}`;
    return error;
  }

  /** Those that others refer to last, and by their keys: what somebody else may have written meanwhile is not ours. */
  private async takeBack(): Promise<void> {
    for (const [table, count] of [...this.written].toReversed()) {
      let left = count;
      for await (const batch of this.batches()) {
        if (batch.table !== table) continue;
        const keys = batch.rows.map(row => row[table.key] as Value);
        await this.kysely().deleteFrom(table.name).where(table.key, 'in', keys).execute();
        left -= keys.length;
        if (left <= 0) break;
      }
    }
  }

  private kysely() {
    return this.database.orm.em.fork().getKysely<Record<string, Row>>();
  }
}

/** SQLite takes no truth, and the others take one and nought for it. */
function stored(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]),
  );
}
