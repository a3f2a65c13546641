import type { DatabaseIntrospector, Dialect, DialectAdapter, Kysely, QueryCompiler } from 'kysely';
import type { ServerDatabase } from '../config.ts';
import { BatchedLookup, columnOf, MAX_BATCH_SIZE } from './batched-lookup.ts';
import type { Engine } from './engine.ts';
import type { Pool, Prepared } from './pool.ts';
import { PooledDriver } from './pooled-driver.ts';

/** How an engine's SQL sounds: Kysely's classes for it. */
export interface SqlDialectParts {
  Adapter: new () => DialectAdapter;
  QueryCompiler: new () => QueryCompiler;
  Introspector: new (database: AnyTables) => DatabaseIntrospector;
}

// biome-ignore lint/suspicious/noExplicitAny: so Kysely's own classes have it
type AnyTables = Kysely<any>;

/** A database that runs as a server, reached over a pool of connections. */
export abstract class ServerEngine implements Engine {
  readonly options: Engine['options'];
  abstract readonly migrations: Engine['migrations'];

  constructor(
    { url }: ServerDatabase,
    protected readonly pool: Pool,
    speech: SqlDialectParts,
    options: Engine['options'],
  ) {
    this.options = {
      ...options,
      driverOptions: new PooledDialect(pool, speech),
      dbName: decodeURIComponent(new URL(url).pathname.slice(1)),
    };
  }

  get withoutTimeouts(): boolean {
    return this.pool.withoutTimeouts;
  }

  abstract open(): Promise<void>;

  prepareRead<Row>(sql: string) {
    const statement = this.pool.prepare(sql);
    return async (...parameters: unknown[]) => (await this.pool.read(statement, parameters))[0] as Row | undefined;
  }

  prepareLookup<Row>(sql: string) {
    const statements = SIZES.map(size => this.pool.prepare(forMany(sql, size)));
    const lookups = new BatchedLookup(columnOf(sql), values => {
      const index = SIZES.findIndex(size => size >= values.length);
      // Places that are left over hold the first value again.
      const padded = Array.from({ length: SIZES[index] as number }, (_, place) => values[place] ?? values[0]);
      return this.pool.read(statements[index] as Prepared, padded) as Promise<object[]>;
    });
    return (value: string) => lookups.find(value) as Promise<Row | undefined>;
  }

  async withMigrationLock<T>(job: () => Promise<T>): Promise<T> {
    const { client } = await this.pool.acquire();
    try {
      await client.read(this.pool.prepare(this.lock), []);
      return await job();
    } finally {
      // The lock goes with the connection, whatever became of the job.
      client.destroy();
    }
  }

  /** MikroORM ends the pool, by way of the driver. */
  async close(): Promise<void> {}

  /** Waits for a lock that one connection can have, and takes it. */
  protected abstract readonly lock: string;
}

/** How many values a statement of a lookup has room for: a handful of statements do for all. */
const SIZES = [1, 4, 16, MAX_BATCH_SIZE];

const forMany = (sql: string, size: number) =>
  size === 1 ? sql : sql.replace(/= \?\s*$/, `in (${Array(size).fill('?').join(', ')})`);

class PooledDialect implements Dialect {
  constructor(
    private readonly pool: Pool,
    private readonly speech: SqlDialectParts,
  ) {}

  createDriver(): PooledDriver {
    return new PooledDriver(this.pool);
  }

  createQueryCompiler(): QueryCompiler {
    return new this.speech.QueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new this.speech.Adapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new this.speech.Introspector(database);
  }
}
