import SQLite from 'better-sqlite3';

/** Rows of a database file, beside whoever has it open. */
// biome-ignore lint/suspicious/noExplicitAny: columns are what the test states
export function rowsIn(file: string, sql: string, ...parameters: unknown[]): any[] {
  const database = new SQLite(file);
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  } finally {
    database.close();
  }
}
