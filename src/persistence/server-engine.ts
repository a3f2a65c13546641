import { batchLookups, type Engine, type Lookup, MAX_BATCH_SIZE } from './engine.ts';
import type { Pool, Prepared } from './pool.ts';

/** A lookup is prepared once for each of these numbers of values. */
const BATCH_SIZES = [1, 4, 16, MAX_BATCH_SIZE];

/** A database server, over a pool of connections. */
export abstract class ServerEngine implements Engine {
  abstract readonly migrations: Engine['migrations'];
  /** Waits for an advisory lock that belongs to the connection. */
  protected abstract readonly lock: string;

  constructor(
    protected readonly pool: Pool,
    readonly options: Engine['options'],
  ) {}

  abstract open(): Promise<void>;

  get withoutTimeouts(): boolean {
    return this.pool.withoutTimeouts;
  }

  prepareRead<Row>(sql: string) {
    const statement = this.pool.prepare(sql);
    return async (...parameters: unknown[]) => (await this.pool.read(statement, parameters))[0] as Row | undefined;
  }

  prepareLookup<Row>({ sql, key }: Lookup<Row>) {
    const statements = BATCH_SIZES.map(size => this.pool.prepare(sql(conditionFor(size))));
    return batchLookups(async values => {
      const index = BATCH_SIZES.findIndex(size => size >= values.length);
      // Spare parameters repeat the first value.
      const parameters = Array.from({ length: BATCH_SIZES[index] as number }, (_, n) => values[n] ?? values[0]);
      const rows = (await this.pool.read(statements[index] as Prepared, parameters)) as Row[];
      const byKey = new Map(rows.map(row => [key(row), row]));
      return values.map(value => byKey.get(value));
    });
  }

  async withMigrationLock<T>(job: () => Promise<T>): Promise<T> {
    const { client } = await this.pool.acquire();
    try {
      await client.read(this.pool.prepare(this.lock), []);
      return await job();
    } finally {
      // Closing the connection releases the lock.
      client.destroy();
    }
  }

  /** MikroORM ends the pool through the driver. */
  async close(): Promise<void> {}
}

const conditionFor = (size: number) => (size === 1 ? '= ?' : `in (${Array(size).fill('?').join(', ')})`);
