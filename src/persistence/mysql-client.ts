import { Duplex } from 'node:stream';
import type Mysql from 'mysql2';
import type { PooledClient } from './server-engine.ts';

/** A connection of mysql2's pool. */
export class Mysql2Client implements PooledClient {
  private readonly promised: ReturnType<Mysql.PoolConnection['promise']>;

  constructor(private readonly connection: Mysql.PoolConnection) {
    this.promised = connection.promise();
  }

  /** mysql2 prepares each text that it executes once per connection. */
  async query(sql: string, parameters: readonly unknown[] = [], name?: string) {
    const [result] = await (name
      ? this.promised.execute<Mysql.RowDataPacket[]>(sql, parameters as Mysql.ExecuteValues)
      : this.promised.query<Mysql.RowDataPacket[] | Mysql.ResultSetHeader>(sql, [...parameters]));
    return Array.isArray(result) ? { rows: result } : { numAffectedRows: BigInt(result.affectedRows), rows: [] };
  }

  /**
   * mysql2's destroy() only half-closes its socket and waits for a server that may be gone. `stream` is internal to
   * mysql2; database-server-down.resilience.ts fails when it is renamed.
   */
  destroy(): void {
    this.connection.destroy();
    const socket: unknown = Reflect.get(this.connection, 'stream');
    if (socket instanceof Duplex) socket.destroy();
  }

  /** Without effect after destroy(). */
  release(): void {
    this.connection.release();
  }
}
