// The load generator, in a process of its own: reads a plan from stdin and prints a LoadResult as JSON. See load.ts.
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection, type RawResponse } from './connection.ts';
import type { LoadResult, Plan, Stream, StreamResult } from './load.ts';
import { cpuSeconds } from './processes.ts';
import { quantile } from './quantile.ts';

/** A machine that pauses for a second would otherwise open thousands of connections at once. */
const MAX_CONNECTIONS = 1000;

/** The clients of one stream. */
class Clients {
  private readonly stream: Stream;
  private readonly end: number;
  private readonly times: number[] = [];
  private readonly connections = new Set<Connection>();
  private idle: Connection[] = [];
  private next = 0;
  private refused = 0;
  private first = 0;
  private last = 0;
  failure?: Error;

  constructor(stream: Stream, end: number) {
    this.stream = stream;
    this.end = end;
  }

  /** At a fixed rate, or each client as fast as its responses arrive. */
  run(): Promise<unknown> {
    const { rate, connections = 1 } = this.stream;
    return rate ? this.runAt(rate) : Promise.all(Array.from({ length: connections }, () => this.runOne()));
  }

  result(seconds: number): StreamResult {
    for (const connection of this.connections) connection.close();
    const { times, refused } = this;
    // From the first response to the last: requests in flight at the end of a short run do not count.
    const span = (this.last - this.first) / 1000;
    const perSecond = times.length > 1 && span > 0 ? (times.length - 1) / span : times.length / seconds;
    const [p50, p99] = times.length > 0 ? [quantile(times, 0.5), quantile(times, 0.99)] : [0, 0];
    return { responses: times.length, refused, perSecond, p50, p99 };
  }

  private runOne(): Promise<void> {
    let connection = this.connect();
    return new Promise(resolve => {
      const send = () => {
        const request = this.nextRequest();
        if (!request || this.failure || performance.now() >= this.end) return resolve();
        connection.send(request, response => {
          this.count(response);
          if (response.closes) {
            this.retire(connection);
            connection = this.connect();
          }
          // Obeys Retry-After.
          if (response.status === 503) void wait(response.retryAfter * 1000).then(send);
          else send();
        });
      };
      send();
    });
  }

  private async runAt(rate: number): Promise<void> {
    const began = performance.now();
    for (let sent = 0; performance.now() < this.end && !this.failure; ) {
      for (const due = ((performance.now() - began) / 1000) * rate; sent < due && this.hasRoom(); sent++)
        this.sendOnFree();
      await wait(1);
    }
    for (const late = this.end + 10_000; this.idle.length < this.connections.size && performance.now() < late; ) {
      await wait(10);
    }
    if (this.idle.length < this.connections.size) this.failure ??= new Error('no response within ten seconds');
  }

  private hasRoom(): boolean {
    return this.idle.length > 0 || this.connections.size < MAX_CONNECTIONS;
  }

  private sendOnFree(): void {
    const request = this.nextRequest();
    if (!request) return;
    // Reuses the most recent connection: servers close idle ones, Node after five seconds.
    const connection = this.idle.pop() ?? this.connect();
    connection.send(request, response => {
      this.count(response);
      if (response.closes) this.retire(connection);
      else this.idle.push(connection);
    });
  }

  private connect(): Connection {
    const failed = (error: Error) => {
      this.failure ??= error;
    };
    const connection = new Connection(this.stream.url, failed, () => this.retire(connection));
    this.connections.add(connection);
    return connection;
  }

  private retire(connection: Connection): void {
    connection.close();
    this.connections.delete(connection);
    this.idle = this.idle.filter(each => each !== connection);
  }

  private nextRequest() {
    const { requests, once } = this.stream;
    const index = this.next++;
    return once ? requests[index] : requests[index % requests.length];
  }

  private count({ status, correct, ms }: RawResponse): void {
    if (correct) {
      this.times.push(ms);
      this.last = performance.now();
      this.first ||= this.last;
    } else if (status === 503 && this.stream.mayBeRefused) this.refused += 1;
    else this.failure ??= new Error(`${this.stream.url} sent a wrong response, status ${status}`);
  }
}

const plan: Plan = JSON.parse(await text(process.stdin));
const began = performance.now();
const end = began + plan.seconds * 1000;
const serverBefore = cpuSeconds(plan.pids);
const ownBefore = process.cpuUsage();
const clients = plan.streams.map(stream => new Clients(stream, end));
// A server that never responds must not block the run.
await Promise.race([
  Promise.all(clients.map(each => each.run())),
  wait((plan.seconds + 30) * 1000, undefined, { ref: false }),
]);
const { user, system } = process.cpuUsage(ownBefore);
const seconds = (performance.now() - began) / 1000;
const serverSeconds = cpuSeconds(plan.pids) - serverBefore;
for (const { failure } of clients) if (failure) throw failure;
const result: LoadResult = {
  seconds,
  serverSeconds,
  ownSeconds: (user + system) / 1e6,
  streams: clients.map(each => each.result(seconds)),
};
console.log(JSON.stringify(result));
process.exit();
