/** Rows whose column has one of these values. */
type Read<Row> = (values: string[]) => Promise<Row[]>;

/** One statement may ask for as many. */
export const MAX_BATCH_SIZE = 64;

/**
 * Finds rows by a column that is unique. What is looked for in one turn of the event loop is looked for together, at its
 * end: nobody waits for it any longer, a statement for many costs a server hardly more than one for one, and a processor
 * that does the same thing many times in a row does it quicker.
 */
export class BatchedLookup<Row extends object> {
  private wanted = new Map<string, PromiseWithResolvers<Row | undefined>>();
  /** Made once, not in each turn. */
  private readonly atTheEnd = () => void this.ask();

  /** `column`: of the row, with the value that it was found by. */
  constructor(
    private readonly column: string,
    private readonly read: Read<Row>,
  ) {}

  /** The row with that value. */
  find(value: string): Promise<Row | undefined> {
    const same = this.wanted.get(value);
    if (same) return same.promise;
    if (this.wanted.size === MAX_BATCH_SIZE) void this.ask();
    if (this.wanted.size === 0) setImmediate(this.atTheEnd);
    const found = Promise.withResolvers<Row | undefined>();
    this.wanted.set(value, found);
    return found.promise;
  }

  private async ask(): Promise<void> {
    const { wanted } = this;
    if (wanted.size === 0) return;
    this.wanted = new Map();
    try {
      for (const row of await this.read([...wanted.keys()]))
        wanted.get(String(Reflect.get(row, this.column)))?.resolve(row);
      for (const { resolve } of wanted.values()) resolve(undefined);
    } catch (error) {
      for (const { reject } of wanted.values()) reject(error);
    }
  }
}

/** What a statement that ends in `… column = ?` goes by. */
export function columnOf(sql: string): string {
  const [, column] = /(\w+) = \?\s*$/.exec(sql) ?? [];
  if (column === undefined) throw new Error('A lookup ends in a column that equals its value.');
  return column;
}
