import type { Configuration, Dictionary, LoggingOptions, Transaction } from '@mikro-orm/core';
import { AbstractSqlDriver, type NativeQueryBuilder, type RawQueryFragment, raw, SqlitePlatform } from '@mikro-orm/sql';
import { SqliteConnection } from '@mikro-orm/sqlite';
import { CompiledQuery } from 'kysely';

/** MikroORM's SQLite, for a file that is locked as a whole, by statements whose texts stay the same. */
export class BoundSqliteDriver extends AbstractSqlDriver<BindingConnection> {
  constructor(config: Configuration) {
    super(config, new SqlitePlatform(), BindingConnection, ['kysely', 'better-sqlite3']);
  }

  /** A transaction that writes has the whole file locked from its first moment on: to ask for a row of it changes nothing. */
  override async lockPessimistic(): Promise<void> {}
}

type Query = string | NativeQueryBuilder | RawQueryFragment;
type Parameters = readonly unknown[] | Dictionary;
type Bindable = string | bigint | number | null;

/**
 * MikroORM writes values into a statement's text. Here they are bound, where they can be: a text that stays the same is
 * prepared once, and no bound value is ever read as SQL. MikroORM's own log, which is off, does not hear of them.
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
}

/** Nothing for what only MikroORM can write out: names and lists among the parameters, and escaped question marks. */
function bind(query: Query, parameters: Parameters): CompiledQuery | undefined {
  if (typeof query !== 'string') return undefined;
  const { sql, params } = Array.isArray(parameters) ? { sql: query, params: parameters } : raw(query, parameters);
  if (/\?\?|\\\?/.test(sql)) return undefined;
  const values = params.map(bindable);
  if (values.includes(undefined)) return undefined;
  return CompiledQuery.raw(sql, values);
}

/** As MikroORM would have written it. The client binds every number as one with a fraction, unless it is a bigint. */
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
