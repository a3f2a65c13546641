/** Every table of the service, referencing ones first. */
export const TABLES = [
  'sessions',
  'tokens',
  'email_changes',
  'user_roles',
  'account_events',
  'outbox',
  'limits',
  'users',
];

export type Change = 'insert' | 'update' | 'delete';

export interface Trigger {
  name: string;
  moment: 'before' | 'after';
  change: Change;
  table: string;
  /** A condition on `old` and `new`, in SQL for every engine. */
  when?: string;
}

/** A database for one test, on any engine. */
export abstract class TestDatabase {
  private readonly triggers: string[] = [];

  /** The value of DATABASE_URL. */
  abstract readonly url: string;

  /** Runs a statement on a connection apart from the service's. Parameters are question marks. */
  // biome-ignore lint/suspicious/noExplicitAny: columns are what the test states
  abstract rows(sql: string, ...parameters: unknown[]): Promise<any[]>;

  /** The names of all tables. */
  abstract tables(): Promise<string[]>;

  /** Blocks all writes until the returned function is called. */
  abstract holdWrites(): Promise<() => Promise<void>>;

  /** Makes the database unreachable until `bringUp()`. */
  abstract takeDown(): Promise<void>;

  abstract bringUp(): Promise<void>;

  /** Closes the connections and drops the database. */
  abstract drop(): Promise<void>;

  /** Creates a trigger that rejects the row. */
  protected abstract refuse(trigger: Trigger): Promise<void>;

  /** Creates a trigger that runs a statement for each row. */
  protected abstract follow(trigger: Trigger, statement: string): Promise<void>;

  protected abstract dropTrigger(name: string): Promise<void>;

  /** A statement for triggers that does not end. */
  protected abstract readonly endless: string;

  /** The column type of an auto-incremented key. */
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

  /** Renames the tables of a running service. */
  async renameTables(): Promise<void> {
    for (const table of TABLES) await this.rows(`alter table ${table} rename to gone_${table}`);
  }

  /** Makes one kind of change fail, as a full disk would; with `when`, only for rows that meet the condition. */
  async failOn(change: Change, table: string, when?: string): Promise<void> {
    const name = `failure_${this.triggers.length}`;
    this.triggers.push(name);
    await this.refuse({ name, moment: 'before', change, table, when });
  }

  /** Makes one kind of change hang for rows that meet the condition, until the client is killed. */
  async hangOn(change: Change, table: string, when: string): Promise<void> {
    await this.follow({ name: 'hang', moment: 'before', change, table, when }, this.endless);
  }

  /** Undoes failOn(). */
  async heal(): Promise<void> {
    for (const name of this.triggers.splice(0)) await this.dropTrigger(name);
  }

  /** Records every change from now on. The returned function returns those since its last call, such as `insert users`. */
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
