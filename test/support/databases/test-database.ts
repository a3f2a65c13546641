/** Every table of the service, those first that point to others. */
export const TABLES = ['sessions', 'tokens', 'outbox', 'limits', 'users'];

export type Change = 'insert' | 'update' | 'delete';

export interface Trigger {
  name: string;
  moment: 'before' | 'after';
  change: Change;
  table: string;
  /** What has to hold of `old` and `new`, in SQL that every engine understands. */
  when?: string;
}

/** A database of a test's own, whatever its engine. */
export abstract class TestDatabase {
  private readonly triggers: string[] = [];

  /** For DATABASE_URL. */
  abstract readonly url: string;

  /** Rows as they lie in the database, seen beside whoever has it open. Parameters stand where a question mark does. */
  // biome-ignore lint/suspicious/noExplicitAny: columns are what the test states
  abstract rows(sql: string, ...parameters: unknown[]): Promise<any[]>;

  /** The names of all tables. */
  abstract tables(): Promise<string[]>;

  /** Keeps everybody from writing until what it gives is called. */
  abstract holdWrites(): Promise<() => Promise<void>>;

  /** Does not answer any more, as when the machine that it is on has lost its power. */
  abstract goAway(): Promise<void>;

  abstract comeBack(): Promise<void>;

  /** Closes what is open, and takes the database away. */
  abstract drop(): Promise<void>;

  /** Has a trigger refuse the row. */
  protected abstract refuse(trigger: Trigger): Promise<void>;

  /** Has a trigger run a statement for each row. */
  protected abstract follow(trigger: Trigger, statement: string): Promise<void>;

  protected abstract dropTrigger(name: string): Promise<void>;

  /** Of a table of numbered rows. */
  protected abstract readonly numbering: string;

  /** All rows of these tables, table by table. */
  async contents(...tables: string[]): Promise<Record<string, unknown>[][]> {
    const contents: Record<string, unknown>[][] = [];
    for (const table of tables) contents.push(await this.rows(`select * from ${table}`));
    return contents;
  }

  /** Every value of every table. */
  async dump(): Promise<unknown[]> {
    const contents = await this.contents(...(await this.tables()));
    return contents.flat().flatMap(row => Object.values(row));
  }

  /** Takes the tables away from under a running service. */
  async renameTables(): Promise<void> {
    for (const table of TABLES) await this.rows(`alter table ${table} rename to gone_${table}`);
  }

  /** Refuses one kind of change, as a full disk would. Each row is asked about, `when` something has to hold of it. */
  async failOn(change: Change, table: string, when?: string): Promise<void> {
    const name = `fault_${this.triggers.length}`;
    this.triggers.push(name);
    await this.refuse({ name, moment: 'before', change, table, when });
  }

  /** Refuses nothing any more. */
  async heal(): Promise<void> {
    for (const name of this.triggers.splice(0)) await this.dropTrigger(name);
  }

  /** Has every change written down from now on, a row each, and gives what tells those since it was last asked: as `insert users`. */
  async recordWrites(): Promise<() => Promise<string[]>> {
    await this.rows(`create table writes (place ${this.numbering}, what varchar(40))`);
    for (const table of TABLES) {
      for (const change of ['insert', 'update', 'delete'] as const) {
        const trigger: Trigger = { name: `${change}_${table}`, moment: 'after', change, table };
        await this.follow(trigger, `insert into writes (what) values ('${change} ${table}')`);
      }
    }
    return async () => {
      const writes = await this.rows('select what from writes order by place');
      await this.rows('delete from writes');
      return writes.map(({ what }) => what);
    };
  }
}
