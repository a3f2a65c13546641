import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../bench/quantile.ts';
import { ada, type Browser, PROFILE, REGISTER } from '../support/app.ts';
import { request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { acceleratedClock } from './support/faketime.ts';

/** The server's clock runs faster than real time, so that a test of a one-minute timeout does not take a minute. */
const CLOCK_SPEED = 4;
const PLAYGROUND = 'dist/assets/playground';
const bytes = (name: string) => statSync(join(PLAYGROUND, name)).size;
const LARGEST = `/graphql/playground/${readdirSync(PLAYGROUND).sort((one, other) => bytes(other) - bytes(one))[0]}`;

const inServerSeconds = (ms: number) => (ms * CLOCK_SPEED) / 1000;
/** A busy machine may disconnect clients later, but never earlier. */
const expectBetween = (seconds: number[], first: number, last: number) => {
  expect(Math.min(...seconds)).toBeGreaterThan(first - 0.5);
  expect(Math.max(...seconds)).toBeLessThan(last + 15);
};

describe('a server with slow clients', () => {
  let server: TestServer;
  let browser: Browser;
  let pid: number;
  let crowds: SlowClients[];
  const start = async (env = {}) => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off', ...env });
    pid = server.process.pid as number;
    browser = server.browser();
    await browser.send(REGISTER, { ...ada });
    crowds = [];
  };
  afterEach(async () => {
    for (const crowd of crowds) crowd.leave();
    await server.close();
  });

  const connectClients = async (clients: Parameters<typeof SlowClients.connectAll>[1]) => {
    const crowd = await SlowClients.connectAll(server.url, clients);
    crowds.push(crowd);
    return crowd;
  };

  /** A client that sends requests continuously, on a kept-alive connection and on new ones. Returns each response time. */
  const healthy = async (until: () => boolean) => {
    const took: number[] = [];
    while (!until()) {
      const started = performance.now();
      const response = await browser.send(PROFILE);
      took.push(performance.now() - started);
      expect(response).toMatchObject({ status: 200, data: { profile: { email: ada.email } } });

      const probed = performance.now();
      const { status } = await request(server.url, { path: '/readyz', headers: { connection: 'close' } });
      took.push(performance.now() - probed);
      expect(status).toBe(200);
      await sleep(20);
    }
    return took;
  };

  it('RE-10: disconnects each of them at its timeout, and responds to other clients within a second throughout', async () => {
    await start(acceleratedClock(CLOCK_SPEED));
    const baseline = openFiles(pid);
    let done = false;
    const canary = healthy(() => done);

    const post = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    await connectClients({ count: 200, first: get(LARGEST).repeat(3), reads: false });
    // Concurrent: in sequence, a slow machine would disconnect the first clients before the last ones connect.
    const [headers, body, silent, idle] = await Promise.all([
      connectClients({ count: 1000, first: post, more: 'x-more: 1\r\n' }),
      connectClients({ count: 500, first: `${post}content-length: 1000\r\n\r\n`, more: ' ' }),
      connectClients({ count: 1000 }),
      connectClients({ count: 1000, first: get('/livez') }),
    ]);
    expect(openFiles(pid)).toBeGreaterThan(3000);
    await Promise.all([headers, body, silent, idle].map(clients => clients.gone()));
    while (openFiles(pid) > baseline + 5) await sleep(100);
    done = true;
    const took = await canary;

    const lasted = ({ lasted }: SlowClients) => lasted.map(inServerSeconds);
    expectBetween(lasted(headers), 10, 15);
    expectBetween(lasted(body), 15, 20);
    expectBetween(lasted(silent), 10, 15);
    expectBetween(lasted(idle), 60, 62);
    const unread = server.lines.filter(({ msg, path }) => msg === 'client disconnected' && path === LARGEST);
    expect(unread.length).toBeGreaterThanOrEqual(200);
    expectBetween(
      unread.map(({ ms }) => Number(ms) / 1000),
      30,
      60,
    );
    expect(quantile(took, 0.99)).toBeLessThan(1000);
    expect(server.process).toMatchObject({ pid, exitCode: null, signalCode: null });
  });

  it('RE-10: accepts at most five thousand connections at once, and new ones when these have closed', async () => {
    await start();
    const baseline = openFiles(pid);
    const crowd = await connectClients({ count: 6000 });
    while (crowd.connectedCount > 5000) await sleep(50);

    expect(openFiles(pid)).toBeLessThanOrEqual(5000 + baseline);
    expect(openFiles(pid)).toBeGreaterThan(4900);
    // This client connected before the limit was reached.
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
    await expect(request(server.url, { path: '/livez', headers: { connection: 'close' } })).rejects.toThrow();
    expect(server.lines.filter(({ msg }) => msg === 'connection limit reached')).toHaveLength(1);

    await crowd.gone();
    expect(await request(server.url, { path: '/livez' })).toMatchObject({ status: 200 });
    while (openFiles(pid) > baseline + 5) await sleep(100);
  });
});

/** The number of open files and sockets of a process. */
const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Four concurrent batches still fit into the server's listen backlog; a client beyond it waits one second. */
const BATCH_SIZE = 100;

/** Slow clients: each sends the same first bytes, and one more from time to time. */
class SlowClients {
  /** The time from connecting to being disconnected, in real milliseconds. */
  readonly lasted: number[] = [];
  private readonly sockets = new Set<Socket>();
  private timer?: NodeJS.Timeout;

  private constructor(private readonly url: string) {}

  /** Clients with `reads` read as fast as data arrives; the others never read. */
  static async connectAll(
    url: string,
    { count, first = '', more = '', reads = true }: { count: number; first?: string; more?: string; reads?: boolean },
  ): Promise<SlowClients> {
    const clients = new SlowClients(url);
    for (let connected = 0; connected < count; connected += BATCH_SIZE) {
      const batch = Array.from({ length: Math.min(BATCH_SIZE, count - connected) }, () =>
        clients.connect(first, reads),
      );
      await Promise.all(batch);
      await clients.untilAccepted();
    }
    if (more) clients.timer = setInterval(() => clients.sendAll(more), 500);
    return clients;
  }

  get connectedCount(): number {
    return this.sockets.size;
  }

  /** Resolves when the last client has been disconnected. */
  async gone(): Promise<void> {
    await Promise.all([...this.sockets].map(socket => once(socket, 'close')));
    this.leave();
  }

  leave(): void {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
  }

  private async connect(first: string, reads: boolean): Promise<void> {
    const { hostname, port } = new URL(this.url);
    const socket = connect(Number(port), hostname);
    this.sockets.add(socket);
    // A reset is the expected end of these connections.
    socket.on('error', () => {});
    await once(socket, 'connect');
    const connected = performance.now();
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.lasted.push(performance.now() - connected);
    });
    if (reads) socket.resume();
    if (first) socket.write(first);
  }

  /** The kernel completes a connection before the server accepts it. The last client's response shows that all are accepted. */
  private async untilAccepted(): Promise<void> {
    // A refusal at the connection limit shows the same.
    await request(this.url, { path: '/livez', headers: { connection: 'close' } }).catch(() => {});
  }

  private sendAll(data: string): void {
    for (const socket of this.sockets) if (socket.writable) socket.write(data);
  }
}
