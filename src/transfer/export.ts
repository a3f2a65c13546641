import type { Database, EntityManager } from '../persistence/database.ts';
import { assertMigrated } from '../persistence/migrations.ts';
import { ExportChecksum, headerLine, type RowCounts, rowLine } from './format.ts';
import { type Row, readCell, type Table, tablesOf } from './tables.ts';
import { TransferDatabaseError } from './transfer-error.ts';

/** Rows per query. */
const PAGE_SIZE = 2000;

/** The contents of a database as the lines of an export. */
export class Export {
  private readonly tables: readonly Table[];
  private readonly checksum: ExportChecksum;

  constructor(private readonly database: Database) {
    this.tables = tablesOf(database.orm);
    this.checksum = new ExportChecksum(this.tables);
  }

  /** Rows exported so far. */
  get counts(): RowCounts {
    return this.checksum.counts;
  }

  /**
   * The lines without line breaks, a page at a time, from one snapshot of the database. It blocks no writer. Throws for
   * a row that not every database can store.
   */
  async *pages(): AsyncGenerator<string[]> {
    await assertMigrated(this.database);
    yield [headerLine(this.tables)];

    const em = this.database.orm.em.fork();
    await em.begin({ isolationLevel: 'repeatable read', readOnly: true });
    try {
      for (const table of this.tables) yield* this.pagesOf(em, table);
    } finally {
      await em.rollback();
    }
    yield [this.checksum.lastLine()];
  }

  private async *pagesOf(em: EntityManager, table: Table): AsyncGenerator<string[]> {
    for (let lastKey = ''; ; ) {
      const rows = await readPage(em, table, lastKey);
      const lines = rows.map(row => this.lineOf(table, row));
      if (lines.length > 0) yield lines;
      if (rows.length < PAGE_SIZE) return;
      lastKey = String(rows.at(-1)?.[table.key]);
    }
  }

  private lineOf(table: Table, row: Row): string {
    const line = rowLine(table, row);
    this.checksum.add(table, row, line);
    return line;
  }
}

async function readPage(em: EntityManager, { name, key, columns }: Table, lastKey: string): Promise<Row[]> {
  const names = columns.map(column => column.name);
  let query = em.getKysely<Record<string, Row>>().selectFrom(name).select(names).orderBy(key).limit(PAGE_SIZE);
  if (lastKey) query = query.where(key, '>', lastKey);
  try {
    const rows = await query.execute();
    return rows.map(row =>
      Object.fromEntries(columns.map(column => [column.name, readCell(column, row[column.name])])),
    );
  } catch (error) {
    throw new TransferDatabaseError(`DATABASE_URL: ${name} cannot be read`, error);
  }
}
