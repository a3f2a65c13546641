import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';
import { LRUCache } from 'lru-cache';

/** better-sqlite3 blocks the event loop while it waits for a lock, so each attempt waits only this long. */
const BUSY_RETRY_BLOCK_MS = 20;
/** Attempts are repeated, with the event loop free in between, until another process has held the lock this long. */
const BUSY_TIMEOUT_MS = 3000;
/** Opening the file may take longer: no request waits yet. */
const OPEN_TIMEOUT_MS = 10_000;
/** A conflict after this time without one starts a new wait. */
const BUSY_RESET_MS = 1000;

/**
 * Page cache of the reading handle. With better-sqlite3's 16 MB most index pages are read again, and `profile` over ten
 * million sessions takes a sixth longer.
 */
const READER_CACHE_KIB = 256 * 1024;

/** Prepared statements of the writing handle. Bounded, since imports and migrations run many different statements. */
const MAX_PREPARED_STATEMENTS = 200;

/** Opens a handle for durable commits, and for several processes on one file. */
export function openSqlite(path: string, { readonly = false } = {}): SQLite.Database {
  if (!readonly) createFile(path);
  const handle = new SQLite(path, { readonly, timeout: OPEN_TIMEOUT_MS });
  handle.pragma('foreign_keys = on');
  if (readonly) {
    handle.pragma(`cache_size = -${READER_CACHE_KIB}`);
  } else {
    retryWhileBusy(() => handle.pragma('journal_mode = wal'));
    // NORMAL would lose acknowledged commits in a power cut.
    handle.pragma('synchronous = full');
  }
  handle.pragma(`busy_timeout = ${BUSY_RETRY_BLOCK_MS}`);
  return handle;
}

/** Processes that open a new file at once conflict, and SQLite ignores its busy timeout for the change to WAL. */
function retryWhileBusy(work: () => unknown): void {
  const deadline = performance.now() + OPEN_TIMEOUT_MS;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      // Blocks the thread; the service has not started yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_RETRY_BLOCK_MS);
    }
  }
}

/** Readable by its owner only. SQLite creates the files beside it with the same permissions. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/** Kysely's SQLite driver, with immediate transactions and busy retries that leave the event loop free. */
export class BusyRetrySqliteDriver extends SqliteDriver {
  private readonly connection: BusyRetryConnection;

  constructor(handle: SQLite.Database) {
    super({ database: handle });
    this.connection = new BusyRetryConnection(handle);
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection;
  }

  /**
   * A plain begin takes the write lock at the first write, where a transaction that has read already fails. A read-only
   * one takes no lock.
   */
  override beginTransaction(_?: DatabaseConnection, { accessMode }: TransactionSettings = {}): Promise<void> {
    return this.connection.begin(accessMode === 'read only' ? 'begin' : 'begin immediate');
  }

  override rollbackTransaction(): Promise<void> {
    return this.connection.rollback();
  }
}

class BusyRetryConnection implements DatabaseConnection {
  /** Start of the current wait for the lock. Queries that join the wait share its deadline. */
  private busySince?: number;
  private lastBusy = 0;
  /** Set by a begin that failed: every statement of the transaction fails with it. */
  private failedBegin?: { error: unknown };
  private readonly statements: LRUCache<string, SQLite.Statement<unknown[]>>;

  constructor(private readonly handle: SQLite.Database) {
    this.statements = new LRUCache({ max: MAX_PREPARED_STATEMENTS, memoMethod: sql => handle.prepare(sql) });
  }

  /** A begin that fails makes the next query fail: thrown here, Kysely would never release its one connection. */
  async begin(sql: string): Promise<void> {
    try {
      await this.executeQuery(CompiledQuery.raw(sql));
    } catch (error) {
      this.failedBegin = { error };
    }
  }

  /** After some errors, such as a full disk, SQLite has rolled back already. */
  async rollback(): Promise<void> {
    this.failedBegin = undefined;
    if (!this.handle.inTransaction) return;
    await this.executeQuery(CompiledQuery.raw('rollback')).catch(() => {});
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.failedBegin) throw this.failedBegin.error;
    for (;;) {
      try {
        const statement = this.statements.memo(query.sql);
        const wasInTransaction = this.handle.inTransaction;
        const result = resultOf(statement, query.parameters) as QueryResult<R>;
        if (!statement.readonly) this.busySince = undefined;
        // The commit has blocked the event loop on the disk: let requests that arrived since run before the next write.
        const committed = !this.handle.inTransaction && (wasInTransaction || !statement.readonly);
        if (committed) await nextTurn();
        return result;
      } catch (error) {
        if (!isBusy(error) || this.busyTimedOut()) throw error;
        // A random pause, so that two processes do not collide repeatedly.
        await sleep(5 + Math.random() * 25);
      }
    }
  }

  // biome-ignore lint/correctness/useYield: streams are not supported
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streams are not supported');
  }

  private busyTimedOut(): boolean {
    const now = performance.now();
    if (this.busySince === undefined || now > this.lastBusy + BUSY_RESET_MS) this.busySince = now;
    this.lastBusy = now;
    return now > this.busySince + BUSY_TIMEOUT_MS;
  }
}

function resultOf(statement: SQLite.Statement<unknown[]>, parameters: readonly unknown[]): QueryResult<unknown> {
  if (statement.reader) return { rows: statement.all(...parameters) };
  const { changes, lastInsertRowid } = statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

const isBusy = (error: unknown) => String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_BUSY');
