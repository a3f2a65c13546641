import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';
import { RELAXED_DURABILITY } from './engine.ts';

/** The driver stands still, and the event loop with it, while it waits for a lock: so it waits only this long at a time. */
const BUSY_RETRY_BLOCK_MS = 20;
/** … and is asked again, with the loop free in between, until a writer in another process had this long to finish. */
const BUSY_TIMEOUT_MS = 3000;
/** A start may take longer: to stop it helps nobody. */
const OPENING_MS = 10_000;
/** A lock that nobody met for so long has been free in between. */
const BUSY_RESET_MS = 1000;

/**
 * Of a file's pages so many kibibytes stay in memory, where there are as many: who-am-I over ten million sessions is a
 * sixth quicker than with the 16 MB that the driver comes with, whose every page beyond the top of an index is read anew.
 */
const READER_CACHE_KIB = 256 * 1024;

/** Texts of statements that the handle which writes keeps prepared: a bound, since imports and migrations have ever new ones. */
const MAX_PREPARED_STATEMENTS = 200;

/** Opens a handle with the settings that durability and several processes on one file ask for. */
export function openSqlite(path: string, { readonly = false } = {}): SQLite.Database {
  if (!readonly) makeFile(path);
  const handle = new SQLite(path, { readonly, timeout: OPENING_MS });
  handle.pragma('foreign_keys = on');
  if (readonly) {
    handle.pragma(`cache_size = -${READER_CACHE_KIB}`);
  } else {
    retryWhileBusy(() => handle.pragma('journal_mode = wal'));
    // NORMAL would lose acknowledged commits when the power goes.
    handle.pragma('synchronous = full');
  }
  handle.pragma(`busy_timeout = ${BUSY_RETRY_BLOCK_MS}`);
  return handle;
}

/** Several that open a new file at once get in each other's way, and there SQLite tells them so instead of waiting. */
function retryWhileBusy(work: () => unknown): void {
  const latest = performance.now() + OPENING_MS;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > latest) throw error;
      // Nobody is served yet: the thread may stand still.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_RETRY_BLOCK_MS);
    }
  }
}

/** For the eyes of its owner alone; the files that SQLite puts beside it are given the same rights. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/** Kysely's SQLite, with writes that begin immediate and wait for their turn without stopping the event loop. */
export class BusyRetrySqliteDialect extends SqliteDialect {
  constructor(private readonly open: () => SQLite.Database) {
    super({ database: async () => open() });
  }

  override createDriver(): Driver {
    return new BusyRetrySqliteDriver(this.open());
  }
}

class BusyRetrySqliteDriver extends SqliteDriver {
  private readonly connection: BusyRetryConnection;

  constructor(private readonly handle: SQLite.Database) {
    super({ database: new PreparedStatementCache(handle) });
    this.connection = new BusyRetryConnection(handle, () => super.acquireConnection());
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection;
  }

  /**
   * A plain begin takes the write lock at the first write, too late for a transaction that has read: it would fail. One
   * that only reads takes no lock at all, and stops nobody.
   *
   * A begin that fails is told by the next query. Thrown from here it would leave the one connection taken for ever:
   * Kysely gives a connection back only after a commit or a rollback that went well.
   */
  override async beginTransaction(_?: DatabaseConnection, { accessMode }: TransactionSettings = {}): Promise<void> {
    const begin = accessMode === 'read only' ? 'begin' : 'begin immediate';
    try {
      await this.connection.executeQuery(CompiledQuery.raw(begin));
    } catch (error) {
      this.connection.refuseAll(error);
    }
  }

  /** After a full disk, say, SQLite has rolled back by itself. */
  override async rollbackTransaction(): Promise<void> {
    this.connection.refuseNothing();
    if (!this.handle.inTransaction) return;
    await this.connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => {});
  }
}

/** A handle that prepares a text once: to prepare a statement costs it as much as to run it. */
class PreparedStatementCache implements SqliteDatabase {
  private readonly kept = new Map<string, SQLite.Statement>();

  constructor(private readonly handle: SQLite.Database) {}

  prepare(sql: string): SQLite.Statement {
    const kept = this.kept.get(sql);
    if (kept) return kept;
    const statement = this.handle.prepare(sql);
    const [oldest] = this.kept.keys();
    if (oldest !== undefined && this.kept.size >= MAX_PREPARED_STATEMENTS) this.kept.delete(oldest);
    this.kept.set(sql, statement);
    return statement;
  }

  close(): void {
    this.kept.clear();
    this.handle.close();
  }
}

class BusyRetryConnection implements DatabaseConnection {
  /** Since when the lock could not be had. Those who come later wait no longer than the first. */
  private busySince?: number;
  private lastBusy = 0;
  private refusal?: { error: unknown };
  private readonly withoutWaiting: SQLite.Statement;
  private readonly durably: SQLite.Statement;

  constructor(
    private readonly handle: SQLite.Database,
    private readonly acquire: () => Promise<DatabaseConnection>,
  ) {
    this.withoutWaiting = handle.prepare('pragma synchronous = normal');
    this.durably = handle.prepare('pragma synchronous = full');
  }

  refuseAll(error: unknown): void {
    this.refusal = { error };
  }

  refuseNothing(): void {
    this.refusal = undefined;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.refusal) throw this.refusal.error;
    const connection = await this.acquire();
    for (;;) {
      try {
        const result = await this.run<R>(connection, query);
        // A read needs no lock, and says nothing of it.
        if (isRead(query)) return result;
        this.busySince = undefined;
        // The whole process has just waited for the disk: who came meanwhile goes before whatever is written next.
        if (!this.handle.inTransaction && !hasRelaxedDurability(query)) await nextTurn();
        return result;
      } catch (error) {
        if (!isBusy(error) || this.patienceIsOver()) throw error;
        // Chance keeps two waiting processes from meeting again and again.
        await sleep(5 + Math.random() * 25);
      }
    }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    yield* (await this.acquire()).streamQuery<R>(query, chunkSize);
  }

  /** The driver is synchronous: what is asked of it has been done when it returns, by the time its promise is there. */
  private run<R>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<R>> {
    // A transaction is as durable as its commit.
    if (!hasRelaxedDurability(query) || this.handle.inTransaction) return connection.executeQuery(query);
    this.withoutWaiting.run();
    const result = connection.executeQuery<R>(query);
    this.durably.run();
    return result;
  }

  private patienceIsOver(): boolean {
    const now = performance.now();
    if (this.busySince === undefined || now > this.lastBusy + BUSY_RESET_MS) this.busySince = now;
    this.lastBusy = now;
    return now > this.busySince + BUSY_TIMEOUT_MS;
  }
}

const isRead = ({ sql }: CompiledQuery) => /^\s*select\b/i.test(sql);

const hasRelaxedDurability = ({ sql }: CompiledQuery) => sql.endsWith(RELAXED_DURABILITY);

const isBusy = (error: unknown) => String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_BUSY');
