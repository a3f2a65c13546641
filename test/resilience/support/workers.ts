import { type RawResponse, request } from '../../support/raw.ts';
import type { TestServer } from '../../support/server.ts';

/** The workers of a server, as its log shows them. */
export class Workers {
  constructor(private readonly server: TestServer) {}

  /** The process id of each worker number: the last one that became ready. */
  get pids(): Map<number, number> {
    const ready = this.server.lines.filter(({ msg }) => msg === 'worker ready');
    return new Map(ready.map(({ worker, pid }) => [worker as number, pid as number]));
  }

  pid(worker: number): number {
    return this.pids.get(worker) as number;
  }

  /** Sends requests on new connections until every worker has responded. Returns one response of each. */
  async requestEach(path: string, headers = {}): Promise<Map<number, RawResponse>> {
    const responses = new Map<number, RawResponse>();
    while (responses.size < this.pids.size) {
      const response = await request(this.server.url, { path, headers: { connection: 'close', ...headers } });
      responses.set(await this.workerOf(response), response);
    }
    return responses;
  }

  /** Reads the worker from the log line, which may arrive after the response. */
  async workerOf({ headers }: RawResponse): Promise<number> {
    for (;;) {
      const line = this.server.lines.find(({ requestId }) => requestId === headers['x-request-id']);
      if (line) return line.worker as number;
      await this.server.nextLog('request completed');
    }
  }
}
