import type { Pool, Prepared } from './pool.ts';

/** How many values a statement may have room for: a handful of statements do for all. */
const SIZES = [1, 4, 16, 64];
const MOST = 64;

type Found = Record<string, unknown>;

/**
 * Finds rows by a column that is unique. What is looked for in one turn of the event loop is looked for together: a
 * statement for many costs service and database hardly more than one for one, and nobody waits for it any longer.
 */
export class Lookups {
  private readonly column: string;
  private readonly statements: Prepared[];
  private wanted = new Map<string, PromiseWithResolvers<Found | undefined>>();

  /** `sql` selects the column, and ends in `… column = ?`. */
  constructor(
    private readonly pool: Pool,
    sql: string,
  ) {
    const [condition = '', column = ''] = /(\w+) = \?\s*$/.exec(sql) ?? [];
    if (column === '') throw new Error('A lookup ends in a column that equals its value.');
    this.column = column;
    const start = sql.slice(0, -condition.length);
    this.statements = SIZES.map(size =>
      pool.prepare(size === 1 ? sql : `${start}${column} in (${Array(size).fill('?').join(', ')})`),
    );
  }

  /** The row with that value. */
  find(value: string): Promise<Found | undefined> {
    const same = this.wanted.get(value);
    if (same) return same.promise;
    if (this.wanted.size === MOST) void this.ask();
    if (this.wanted.size === 0) setImmediate(() => void this.ask());
    const found = Promise.withResolvers<Found | undefined>();
    this.wanted.set(value, found);
    return found.promise;
  }

  private async ask(): Promise<void> {
    const { wanted } = this;
    if (wanted.size === 0) return;
    this.wanted = new Map();
    try {
      for (const row of await this.read([...wanted.keys()])) wanted.get(String(row[this.column]))?.resolve(row);
      for (const { resolve } of wanted.values()) resolve(undefined);
    } catch (error) {
      for (const { reject } of wanted.values()) reject(error);
    }
  }

  /** Places that are left over hold the first value again. */
  private read(values: string[]): Promise<Found[]> {
    const index = SIZES.findIndex(size => size >= values.length);
    const padded = Array.from({ length: SIZES[index] as number }, (_, place) => values[place] ?? values[0]);
    return this.pool.read(this.statements[index] as Prepared, padded) as Promise<Found[]>;
  }
}
