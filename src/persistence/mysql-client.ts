import { Duplex } from 'node:stream';
import type { CompiledQuery } from 'kysely';
import type Mysql from 'mysql2';
import type { PooledClient, Prepared, Rows } from './pool.ts';

/** A connection of mysql2's pool. */
export class Mysql2Client implements PooledClient {
  private destroyed = false;

  constructor(private readonly connection: Mysql.PoolConnection) {}

  async query({ sql, parameters }: CompiledQuery): Promise<Rows> {
    const result = await this.send(sql, parameters);
    if (Array.isArray(result)) return { rows: result };
    return { numAffectedRows: BigInt(result.affectedRows), rows: [] };
  }

  /** mysql2 prepares each text once per connection. */
  read({ sql }: Prepared, parameters: unknown[]): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.connection.execute<Mysql.RowDataPacket[]>(sql, parameters as Mysql.ExecuteValues, (error, rows) =>
        error ? reject(error) : resolve(rows),
      );
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: the type of the result depends on the statement
  send(sql: string, parameters: readonly unknown[] = []): Promise<any> {
    return new Promise((resolve, reject) => {
      this.connection.query(sql, parameters as unknown[], (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  /**
   * mysql2's destroy() only half-closes its socket and waits for a server that may be gone. `stream` is internal to
   * mysql2; server-away.fault.ts fails when it is renamed.
   */
  destroy(): void {
    this.destroyed = true;
    this.connection.destroy();
    const socket: unknown = Reflect.get(this.connection, 'stream');
    if (socket instanceof Duplex) socket.destroy();
  }

  release(): void {
    if (!this.destroyed) this.connection.release();
  }
}
