import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Connection {
  /** Responses that are not finished; more than one only with pipelined requests. */
  readonly pending: ServerResponse[];
  /** It had a request since the last count. */
  used: boolean;
  /** A response has announced `connection: close`. */
  closing: boolean;
}

/**
 * The open connections, each with its pending responses.
 *
 * One array per connection instead of one Set of all responses: V8 reallocates such a Set every few dozen requests, and
 * the old tables kept every response alive until a full garbage collection (docs/decisions/0018).
 */
export class Connections {
  private readonly connections = new Map<Duplex, Connection>();

  get size(): number {
    return this.connections.size;
  }

  get hasPendingResponses(): boolean {
    return [...this.connections.values()].some(({ pending }) => pending.length > 0);
  }

  /** How many connections had a request since the last call. */
  countInUse(): number {
    let count = 0;
    for (const connection of this.connections.values()) {
      if (connection.used || connection.pending.length > 0) count += 1;
      connection.used = false;
    }
    return count;
  }

  add(socket: Duplex): void {
    this.connections.set(socket, { pending: [], used: false, closing: false });
    socket.once('close', () => this.connections.delete(socket));
  }

  /** The response to the last request on the connection, while it is pending. */
  lastResponse(socket: Duplex): ServerResponse | undefined {
    return this.connections.get(socket)?.pending.at(-1);
  }

  /**
   * Registers a request. Returns false if the request must be ignored, because an earlier response announced that the
   * connection closes. Calls `ended` when the response is finished or aborted.
   */
  begin(socket: Duplex, res: ServerResponse, ended: () => void): boolean {
    const connection = this.connections.get(socket);
    if (!connection || connection.closing) return false;
    const { pending } = connection;
    connection.used = true;
    pending.push(res);
    res.on('close', () => {
      pending.splice(pending.indexOf(res), 1);
      ended();
    });
    return true;
  }

  /**
   * Announces `connection: close` with the last pending response (RFC 9112, 9.6), unless its headers are already sent.
   */
  close(socket: Duplex): void {
    const connection = this.connections.get(socket);
    const last = connection?.pending.at(-1);
    if (!connection || !last || last.headersSent) return;
    last.setHeader('connection', 'close');
    connection.closing = true;
  }

  closeAll(): void {
    for (const socket of this.connections.keys()) this.close(socket);
  }
}
