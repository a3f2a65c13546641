import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import '../sqlite-errors.ts';
import { TestDatabase, type Trigger } from './test-database.ts';

/** The database file of a service on SQLite. */
export const fileOf = ({ database }: { database: TestDatabase }): string => (database as SqliteDatabase).file;

export class SqliteDatabase extends TestDatabase {
  protected readonly numbering = 'integer primary key';
  private content?: Buffer;

  constructor(
    readonly file: string,
    private readonly folder?: string,
  ) {
    super();
  }

  /** Creates the file in a new folder. */
  static async take(): Promise<SqliteDatabase> {
    const folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));
    return new SqliteDatabase(join(folder, 'test.sqlite'), folder);
  }

  get url(): string {
    return `sqlite:${this.file}`;
  }

  async rows(sql: string, ...parameters: unknown[]) {
    return this.open(database => {
      const statement = database.prepare(sql);
      if (statement.reader) return statement.all(...parameters) as Record<string, unknown>[];
      statement.run(...parameters);
      return [];
    });
  }

  async tables(): Promise<string[]> {
    return (await this.rows("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")).map(
      ({ name }) => String(name),
    );
  }

  async holdWrites(): Promise<() => Promise<void>> {
    const database = new SQLite(this.file);
    database.exec('begin immediate');
    return async () => void database.close();
  }

  /** Overwrites the file with random bytes. */
  async takeDown(): Promise<void> {
    this.open(database => database.pragma('wal_checkpoint(truncate)'));
    this.content = readFileSync(this.file);
    writeFileSync(this.file, Buffer.alloc(this.content.length, 0xa5), { flag: 'r+' });
  }

  async bringUp(): Promise<void> {
    writeFileSync(this.file, this.content as Buffer, { flag: 'r+' });
    // SQLite keeps cached pages until it notices a write.
    this.open(database => database.pragma('user_version = 1'));
  }

  async drop(): Promise<void> {
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }

  protected refuse(trigger: Trigger): Promise<void> {
    return this.follow(trigger, `select raise(abort, 'canary')`);
  }

  protected async follow({ name, moment, change, table, when = 'true' }: Trigger, statement: string): Promise<void> {
    await this.rows(`create trigger ${name} ${moment} ${change} on ${table} when ${when} begin ${statement}; end`);
  }

  protected async dropTrigger(name: string): Promise<void> {
    await this.rows(`drop trigger ${name}`);
  }

  private open<T>(work: (database: SQLite.Database) => T): T {
    const database = new SQLite(this.file);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }
}
