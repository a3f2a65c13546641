import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * The open connections, each with the answers that it still waits for; more than one only where requests are pipelined.
 *
 * One list a connection, that lives as long as it. In one Set of all answers V8 would put up a new table every few dozen
 * requests, and from the first that it took for long-lived on, each kept the next alive, with every answer in it.
 */
export class Connections {
  private readonly lists = new Map<Duplex, ServerResponse[]>();
  private answers = 0;

  /** How many are open. */
  get open(): number {
    return this.lists.size;
  }

  get waitForAnswers(): boolean {
    return this.answers > 0;
  }

  add(socket: Duplex): void {
    this.lists.set(socket, []);
    socket.once('close', () => this.lists.delete(socket));
  }

  /** The answer to what came last on it, while that is under way. */
  last(socket: Duplex): ServerResponse | undefined {
    return this.lists.get(socket)?.at(-1);
  }

  /** `ended`: called when the answer is given, or nobody is there to take it. */
  begin(socket: Duplex, res: ServerResponse, ended: () => void): void {
    const list = this.lists.get(socket) ?? [];
    list.push(res);
    this.answers += 1;
    res.on('close', () => {
      list.splice(list.indexOf(res), 1);
      this.answers -= 1;
      ended();
    });
  }

  /** Tells whoever waits for an answer that it is the last on this connection. */
  sayLast(): void {
    for (const list of this.lists.values()) {
      for (const res of list) if (!res.headersSent) res.setHeader('connection', 'close');
    }
  }
}
