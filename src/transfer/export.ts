import type { Database, EntityManager } from '../persistence/database.ts';
import { pendingMigrations } from '../persistence/migrations.ts';
import { type Counts, ExportChecksum, headerLine, rowLine, TransferError } from './format.ts';
import { type Row, readCell, type Table, tablesOf } from './tables.ts';
import { TransferFailed } from './transfer-failed.ts';

/** Rows that are asked for at once. */
const PAGE = 2000;

/** Everything that a database holds, as the lines of an export. */
export class Export {
  private readonly tables: readonly Table[];
  private readonly tally: ExportChecksum;

  constructor(private readonly database: Database) {
    this.tables = tablesOf(database.orm);
    this.tally = new ExportChecksum(this.tables);
  }

  /** How many rows of each table have gone through. */
  get counts(): Counts {
    return this.tally.counts;
  }

  /**
   * The lines without their ends, a page of them at a time: what was committed when the first row was read, whatever is
   * written meanwhile. Nobody who writes has to wait for it. Throws where a row could not be kept by every database.
   */
  async *pages(): AsyncGenerator<string[]> {
    await this.refuseUnlessMigrated();
    yield [headerLine(this.tables)];

    const em = this.database.orm.em.fork();
    await em.begin({ isolationLevel: 'repeatable read', readOnly: true });
    try {
      for (const table of this.tables) yield* this.pagesOf(em, table);
    } finally {
      await em.rollback();
    }
    yield [this.tally.end()];
  }

  private async *pagesOf(em: EntityManager, table: Table): AsyncGenerator<string[]> {
    for (let last = ''; ; ) {
      const rows = await readPage(em, table, last);
      const lines = rows.map(row => this.lineOf(table, row));
      if (lines.length > 0) yield lines;
      if (rows.length < PAGE) return;
      last = String(rows.at(-1)?.[table.key]);
    }
  }

  private lineOf(table: Table, row: Row): string {
    const line = rowLine(table, row);
    this.tally.add(table, row, line);
    return line;
  }

  private async refuseUnlessMigrated(): Promise<void> {
    const pending = await pendingMigrations(this.database);
    if (pending.length === 0) return;
    throw new TransferError(
      `DATABASE_URL: migrations are pending there (${pending.join(', ')}); is it the right one? Then run: bienvenue migrate up`,
    );
  }
}

/** The rows whose keys come next. */
async function readPage(em: EntityManager, { name, key, columns }: Table, last: string): Promise<Row[]> {
  const names = columns.map(column => column.name);
  let query = em.getKysely<Record<string, Row>>().selectFrom(name).select(names).orderBy(key).limit(PAGE);
  if (last) query = query.where(key, '>', last);
  try {
    const rows = await query.execute();
    return rows.map(row =>
      Object.fromEntries(columns.map(column => [column.name, readCell(column, row[column.name])])),
    );
  } catch (error) {
    throw new TransferFailed(`DATABASE_URL: ${name} cannot be read`, error);
  }
}
