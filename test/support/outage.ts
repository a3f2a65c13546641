import { readFileSync, writeFileSync } from 'node:fs';
import SQLite from 'better-sqlite3';

/** What would tell a stranger how the house is built. */
export const INSIDES =
  /select |insert |sqlite|no such table|not a database|ECONN|mikro|kysely|apollo|exception|node_modules|\/\w+\/\w+|\.[jt]s\b|\bat .*:\d/i;

/** Takes the tables away from under a running service. */
export function renameTables(file: string): void {
  withHandle(file, database => {
    for (const table of ['limits', 'outbox', 'sessions', 'tokens', 'users']) {
      database.exec(`alter table ${table} rename to gone_${table}`);
    }
  });
}

/** Writes noise over a database file that a running service has open. Gives back what undoes it. */
export function destroyFile(file: string): () => void {
  withHandle(file, database => database.pragma('wal_checkpoint(truncate)'));
  const content = readFileSync(file);
  writeFileSync(file, Buffer.alloc(content.length, 0xa5), { flag: 'r+' });
  return () => {
    writeFileSync(file, content, { flag: 'r+' });
    // SQLite keeps the pages it has read until it sees that somebody wrote.
    withHandle(file, database => database.pragma('user_version = 1'));
  };
}

function withHandle(file: string, work: (database: SQLite.Database) => void): void {
  const database = new SQLite(file);
  try {
    work(database);
  } finally {
    database.close();
  }
}
