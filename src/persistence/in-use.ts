import { existsSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import type { Database } from './database.ts';

/**
 * Whether another process has the SQLite file open. Only the sole connection can leave WAL mode, so the result is
 * certain; the next open returns to WAL. Call it before this process opens the file.
 */
export function isSqliteFileInUse(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = new SQLite(path, { timeout: 0 });
  try {
    file.pragma('journal_mode = delete');
    return false;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return true;
    throw error;
  } finally {
    file.close();
  }
}

/** Whether another process of the service is connected to this PostgreSQL database. Call it on the first connection. */
export async function isPostgresqlInUse({ orm }: Database): Promise<boolean> {
  const [row] = await orm.em.execute<{ others: string }[]>(
    `select count(*) as others from pg_stat_activity
     where datname = current_database() and application_name = current_setting('application_name') and pid <> pg_backend_pid()`,
  );
  return Number(row?.others) > 0;
}
