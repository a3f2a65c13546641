import { type RawAnswer, request } from '../../support/raw.ts';
import type { TestServer } from '../../support/server.ts';

/** What the log of a server tells of its workers. */
export class Workers {
  constructor(private readonly server: TestServer) {}

  /** The process of each worker that serves, by its number: the last that was ready there. */
  get pids(): Map<number, number> {
    const ready = this.server.lines.filter(({ msg }) => msg === 'worker ready');
    return new Map(ready.map(({ worker, pid }) => [worker as number, pid as number]));
  }

  pid(worker: number): number {
    return this.pids.get(worker) as number;
  }

  /** Asks, each time over a new connection, until so many workers have answered; gives an answer of each. */
  async askEach(path: string, headers = {}): Promise<Map<number, RawAnswer>> {
    const answers = new Map<number, RawAnswer>();
    while (answers.size < this.pids.size) {
      const answer = await request(this.server.url, { path, headers: { connection: 'close', ...headers } });
      answers.set(await this.whoAnswered(answer), answer);
    }
    return answers;
  }

  /** By the line of the log, which may come later than the answer. */
  async whoAnswered({ headers }: RawAnswer): Promise<number> {
    for (;;) {
      const line = this.server.lines.find(({ requestId }) => requestId === headers['x-request-id']);
      if (line) return line.worker as number;
      await this.server.says('request completed');
    }
  }
}
