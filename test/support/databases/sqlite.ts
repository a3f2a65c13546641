import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { TestDatabase, type Trigger } from './test-database.ts';

/** The database file of a service on SQLite. */
export const fileOf = ({ database }: { database: TestDatabase }): string => (database as SqliteDatabase).file;

/** A file system in memory, where a flush takes no time. */
const MEMORY = ['/dev/shm'].find(folder => existsSync(folder) && hasRoom(folder));

function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 2 ** 28;
}

let migrated: Promise<string> | undefined;

/** An empty file with all tables. The first test of a run that needs it creates it, once for servers that start together. */
function migratedFile(): Promise<string> {
  migrated ??= findOrMigrate();
  return migrated;
}

async function findOrMigrate(): Promise<string> {
  const folder = process.env.TEST_TEMPLATES;
  if (!folder) throw new Error('run the tests with a configuration that has the global setup');
  const file = join(folder, 'migrated.sqlite');
  if (existsSync(file)) return file;

  const { openDatabase } = await import('../../../src/database.ts');
  const { migrate } = await import('../../../src/persistence/migrations.ts');
  const own = join(folder, `${process.pid}.sqlite`);
  const database = await openDatabase({ databaseUrl: `sqlite:${own}`, databasePool: 1 });
  await migrate(database, 'up');
  await database.close();
  renameSync(own, file);
  return file;
}

export class SqliteDatabase extends TestDatabase {
  protected readonly numbering = 'integer primary key';
  protected readonly endless =
    'select count(*) from (with recursive endless(n) as (select 1 union all select n from endless) select n from endless)';
  private content?: Buffer;

  constructor(
    readonly file: string,
    private readonly folder?: string,
  ) {
    super();
  }

  /** Names a file in a new folder. The service creates it. */
  static async create(): Promise<SqliteDatabase> {
    const folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));
    return new SqliteDatabase(join(folder, 'test.sqlite'), folder);
  }

  /** Copies a migrated file into a new folder. */
  static async copy(): Promise<SqliteDatabase> {
    const folder = mkdtempSync(join(MEMORY ?? tmpdir(), 'bienvenue-'));
    const file = join(folder, 'test.sqlite');
    copyFileSync(await migratedFile(), file);
    return new SqliteDatabase(file, folder);
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

  /** Overwrites the file with bytes that are no database. */
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
