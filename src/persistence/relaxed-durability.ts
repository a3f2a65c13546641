import type { Dictionary, QueryResult } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/sql';

interface RelaxedConnection {
  executeRelaxed(sql: string, parameters: Dictionary | unknown[]): Promise<QueryResult>;
}

/**
 * Runs a statement whose change may be lost in a power cut, though not when the process ends. SQLite skips the fsync; the
 * change reaches the disk with the next commit. Other engines, and transactions, keep full durability.
 * @returns the number of rows changed
 */
export async function executeRelaxed(
  em: EntityManager,
  sql: string,
  parameters: Dictionary | unknown[],
): Promise<number> {
  const transaction = em.getTransactionContext();
  const connection = em.getConnection();
  const { affectedRows } = await (!transaction && isRelaxed(connection)
    ? connection.executeRelaxed(sql, parameters)
    : connection.execute<QueryResult>(sql, parameters, 'run', transaction));
  return affectedRows;
}

const isRelaxed = (connection: object): connection is RelaxedConnection => 'executeRelaxed' in connection;
