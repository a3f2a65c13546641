import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What is known of an open connection. */
interface Use {
  /** Those that it still waits for; more than one only where requests are pipelined. */
  readonly answers: ServerResponse[];
  /** It has asked for something since the last count. */
  asked: boolean;
  /** Its caller was told that it closes. */
  closing: boolean;
}

/**
 * The open connections, each with the answers that it still waits for.
 *
 * One list a connection, that lives as long as it. In one Set of all answers V8 would put up a new table every few dozen
 * requests, and from the first that it took for long-lived on, each kept the next alive, with every answer in it.
 */
export class Connections {
  private readonly uses = new Map<Duplex, Use>();
  private answers = 0;

  /** How many are open. */
  get open(): number {
    return this.uses.size;
  }

  get waitForAnswers(): boolean {
    return this.answers > 0;
  }

  /** How many of those that are open were in use since this was asked the last time. */
  countInUse(): number {
    let inUse = 0;
    for (const use of this.uses.values()) {
      if (use.asked || use.answers.length > 0) inUse += 1;
      use.asked = false;
    }
    return inUse;
  }

  add(socket: Duplex): void {
    this.uses.set(socket, { answers: [], asked: false, closing: false });
    socket.once('close', () => this.uses.delete(socket));
  }

  /** The answer to what came last on it, while that is under way. */
  last(socket: Duplex): ServerResponse | undefined {
    return this.uses.get(socket)?.answers.at(-1);
  }

  /**
   * False where nothing may be begun: the caller was told that an earlier answer is the last. `ended`: called when the
   * answer is given, or nobody is there to take it.
   */
  begin(socket: Duplex, res: ServerResponse, ended: () => void): boolean {
    const use = this.uses.get(socket);
    if (!use || use.closing) return false;
    const { answers } = use;
    use.asked = true;
    answers.push(res);
    this.answers += 1;
    res.on('close', () => {
      answers.splice(answers.indexOf(res), 1);
      this.answers -= 1;
      ended();
    });
    return true;
  }

  /**
   * Tells whoever waits on this connection that the last answer to what was asked so far is the last on it (RFC 9112,
   * 9.6), if it can still be told.
   */
  close(socket: Duplex): void {
    const use = this.uses.get(socket);
    const last = use?.answers.at(-1);
    if (!use || !last || last.headersSent) return;
    last.setHeader('connection', 'close');
    use.closing = true;
  }

  closeAll(): void {
    for (const socket of this.uses.keys()) this.close(socket);
  }
}
