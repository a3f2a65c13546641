import type { Configuration, Dictionary, LoggingOptions, QueryResult, Transaction } from '@mikro-orm/core';
import { AbstractSqlDriver, type NativeQueryBuilder, type RawQueryFragment, raw, SqlitePlatform } from '@mikro-orm/sql';
import { SqliteConnection } from '@mikro-orm/sqlite';
import { CompiledQuery } from 'kysely';

/** MikroORM's SQLite driver, with bound parameters and without row locks. */
export class BindingSqliteDriver extends AbstractSqlDriver<BindingConnection> {
  constructor(config: Configuration) {
    super(config, new SqlitePlatform(), BindingConnection, ['kysely', 'better-sqlite3']);
  }

  /** A writing transaction locks the whole file from its begin. */
  override async lockPessimistic(): Promise<void> {}
}

type Query = string | NativeQueryBuilder | RawQueryFragment;
type Parameters = readonly unknown[] | Dictionary;
type Bindable = string | bigint | number | null;

/**
 * MikroORM 7 writes values into the SQL text, so no statement could be prepared once and reused. Here plain values are
 * bound. Uses the protected `transformRawResult` of MikroORM; test/sqlite/database.test.ts counts prepared statements
 * and fails when an upgrade bypasses this class.
 */
class BindingConnection extends SqliteConnection {
  override async execute<T>(
    query: Query,
    parameters: Parameters = [],
    method: 'all' | 'get' | 'run' = 'all',
    transaction?: Transaction,
    logging?: LoggingOptions,
  ): Promise<T> {
    const bound = bind(query, parameters);
    if (!bound) return super.execute(query, parameters, method, transaction, logging) as Promise<T>;
    await this.ensureConnection();
    const result = await (transaction ?? this.getClient()).executeQuery(bound);
    return this.transformRawResult(result, method);
  }

  /** Called by executeRelaxed(), outside transactions. No other statement runs on the connection meanwhile. */
  async executeRelaxed(query: string, parameters: Parameters): Promise<QueryResult> {
    await this.ensureConnection();
    return this.getClient()
      .connection()
      .execute(async client => {
        await client.executeQuery(CompiledQuery.raw('pragma synchronous = normal'));
        try {
          return await this.execute(query, parameters, 'run', client);
        } finally {
          await client.executeQuery(CompiledQuery.raw('pragma synchronous = full'));
        }
      });
  }
}

/**
 * Undefined for what only MikroORM can write out: identifiers and lists among the parameters, and escaped question
 * marks.
 */
function bind(query: Query, parameters: Parameters): CompiledQuery | undefined {
  if (typeof query !== 'string') return undefined;
  const { sql, params } = Array.isArray(parameters) ? { sql: query, params: parameters } : raw(query, parameters);
  if (/\?\?|\\\?/.test(sql)) return undefined;
  const values = params.map(bindable);
  if (values.includes(undefined)) return undefined;
  return CompiledQuery.raw(sql, values);
}

/** The value that MikroORM would write out. better-sqlite3 binds every number but a bigint as a float. */
function bindable(value: unknown): Bindable | undefined {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'boolean':
      return value ? 1n : 0n;
    default:
      return value === null ? null : undefined;
  }
}
