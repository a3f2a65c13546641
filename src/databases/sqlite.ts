import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely';

/** The driver stands still, and the event loop with it, while it waits for a lock: so it waits only this long at a time. */
const LOCK_WAIT_MS = 20;
/** … and is asked again, with the loop free in between, until a writer in another process had this long to finish. */
const PATIENCE_MS = 3000;

/** Opens a handle with the settings that durability and several processes on one file ask for. */
export function openSqlite(path: string, { readonly = false } = {}): SQLite.Database {
  if (!readonly) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const handle = new SQLite(path, { readonly });
  handle.pragma(`busy_timeout = ${LOCK_WAIT_MS}`);
  handle.pragma('foreign_keys = on');
  if (!readonly) {
    handle.pragma('journal_mode = wal');
    // NORMAL would lose acknowledged commits when the power goes.
    handle.pragma('synchronous = full');
  }
  return handle;
}

/** Kysely's SQLite, with writes that begin immediate and wait for their turn without stopping the event loop. */
export class PatientSqliteDialect extends SqliteDialect {
  constructor(private readonly options: SqliteDialectConfig) {
    super(options);
  }

  override createDriver(): Driver {
    return new PatientSqliteDriver(this.options);
  }
}

class PatientSqliteDriver extends SqliteDriver {
  private connection?: PatientConnection;

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.connection ??= new PatientConnection(await super.acquireConnection());
    return this.connection;
  }

  /** A plain begin takes the write lock at the first write, too late for a transaction that has read: it would fail. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class PatientConnection implements DatabaseConnection {
  constructor(private readonly connection: DatabaseConnection) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await this.connection.executeQuery(query);
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        // Chance keeps two waiting processes from meeting again and again.
        await sleep(5 + Math.random() * 25);
      }
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.connection.streamQuery(query, chunkSize);
  }
}

const isBusy = (error: unknown) => error instanceof SQLite.SqliteError && error.code.startsWith('SQLITE_BUSY');
