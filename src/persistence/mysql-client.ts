import { Duplex } from 'node:stream';
import type Mysql from 'mysql2/promise';
import type { PooledClient } from './server-engine.ts';

/** A connection of mysql2's pool. */
export class Mysql2Client implements PooledClient {
  constructor(private readonly acquired: Mysql.PoolConnection) {}

  /** mysql2 prepares each text that it executes once per connection. */
  async query(sql: string, parameters: readonly unknown[] = [], name?: string) {
    const [result] = await (name
      ? this.acquired.execute<Mysql.RowDataPacket[]>(sql, parameters as Mysql.ExecuteValues)
      : this.acquired.query<Mysql.RowDataPacket[] | Mysql.ResultSetHeader>(sql, [...parameters]));
    return Array.isArray(result) ? { rows: result } : { numAffectedRows: BigInt(result.affectedRows), rows: [] };
  }

  /**
   * mysql2's destroy() only half-closes its socket and waits for a server that may be gone. `stream` is internal to
   * mysql2; database-server-down.resilience.ts fails when it is renamed.
   */
  destroy(): void {
    this.acquired.destroy();
    const socket: unknown = Reflect.get(this.acquired.connection, 'stream');
    if (socket instanceof Duplex) socket.destroy();
  }

  /** Without effect after destroy(). */
  release(): void {
    this.acquired.release();
  }
}
