import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SqliteDatabase } from '../../support/databases/sqlite.ts';
import { Folder } from '../../support/folder.ts';
import { OwnMariadb } from './own-servers/own-mariadb.ts';
import { OwnPostgresql } from './own-servers/own-postgresql.ts';
import { times } from './scale.ts';

const PAGE = 'docs/backups.md';

/** The code blocks in a section of docs/backups.md. */
export function documented(heading: string): string[] {
  const section = readFileSync(PAGE, 'utf8')
    .split(/^## /m)
    .find(text => text.startsWith(`${heading}\n`));
  if (!section) throw new Error(`${PAGE} has no section ${heading}`);
  return [...section.matchAll(/^```(?:sh|sql)\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

interface Database {
  /** For DATABASE_URL. */
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: columns are what the test states
  rows(sql: string): Promise<any[]>;
  close(): Promise<void>;
}

/** A database whose operator runs the documented commands. */
interface Origin extends Database {
  operate(script: string): Promise<void>;
}

/** A documented way to back up, by its heading. */
interface BackupMethod {
  heading: string;
  /** Enough that the backup takes some time. */
  users: number;
  /** The database to back up and the restored one, named as in the documented commands. */
  open(): Promise<{ origin: Origin; restored: () => Promise<Database> }>;
}

const ofSqlite = (heading: string, file: string): BackupMethod => ({
  heading,
  users: times(100_000, 20_000),
  open: async () => {
    const origin = new SqliteSite();
    return { origin, restored: async () => origin.database(file) };
  },
});

/** A restore into another database of the same server. */
const ofServer = (heading: string, newServer: () => OwnPostgresql | OwnMariadb): BackupMethod => ({
  heading,
  users: times(20_000, 5000),
  open: async () => {
    const origin = await newServer().open();
    const [url, rows] = [origin.urlOf('restored'), (sql: string) => origin.rows(sql, 'restored')];
    return { origin, restored: async () => ({ url, rows, close: async () => {} }) };
  },
});

/** A copy of the server's files, used by another server. */
const ofFiles = (heading: string, newServer: () => OwnPostgresql | OwnMariadb): BackupMethod => ({
  heading,
  users: times(20_000, 5000),
  open: async () => {
    const origin = await newServer().open();
    return { origin, restored: () => newServer().open(join(origin.folder, 'restored')) };
  },
});

export const BACKUP_METHODS: BackupMethod[] = [
  ofSqlite('SQLite', 'restored/bienvenue.sqlite'),
  ofServer('PostgreSQL', () => new OwnPostgresql()),
  ofFiles('PostgreSQL, when it is large', () => new OwnPostgresql()),
  ofServer('MariaDB', () => new OwnMariadb()),
  ofFiles('MariaDB, when it is large', () => new OwnMariadb()),
  ofSqlite('From any database to any other', 'restored.sqlite'),
];

/** A working directory with the default database in it. */
class SqliteSite implements Origin {
  private readonly folder = new Folder();
  private readonly own = this.database('data/bienvenue.sqlite');
  readonly url = this.own.url;

  constructor() {
    const bin = join(this.folder.path, 'bin');
    mkdirSync(bin);
    const command = `exec "${process.execPath}" "${join(process.cwd(), 'dist/src/cli/bienvenue.js')}" "$@"`;
    writeFileSync(join(bin, 'bienvenue'), `#!/bin/sh\n${command}\n`, { mode: 0o700 });
  }

  database(file: string): Database {
    const database = new SqliteDatabase(join(this.folder.path, file));
    return { url: database.url, rows: sql => database.rows(sql), close: async () => {} };
  }

  rows(sql: string) {
    return this.own.rows(sql);
  }

  async operate(script: string): Promise<void> {
    const env = { ...process.env, PATH: `${join(this.folder.path, 'bin')}:${process.env.PATH}` };
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: this.folder.path, env });
  }

  async close(): Promise<void> {
    this.folder.remove();
  }
}
