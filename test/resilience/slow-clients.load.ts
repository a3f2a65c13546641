import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../bench/quantile.ts';
import { ada, type Browser, PROFILE, REGISTER } from '../support/app.ts';
import { request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { haste } from './support/faketime.ts';

/** The server's seconds are shorter than ours, or a minute of idleness would be ours as well. */
const HASTE = 4;
const PLAYGROUND = 'dist/assets/playground';
const bytes = (name: string) => statSync(join(PLAYGROUND, name)).size;
const LARGEST = `/graphql/playground/${readdirSync(PLAYGROUND).sort((one, other) => bytes(other) - bytes(one))[0]}`;

const inItsSeconds = (ms: number) => (ms * HASTE) / 1000;
/** A busy machine may cut them off later, never earlier. */
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

  const come = async (clients: Parameters<typeof SlowClients.come>[1]) => {
    const crowd = await SlowClients.come(server.url, clients);
    crowds.push(crowd);
    return crowd;
  };

  /** Somebody who asks over and over, on a connection that is kept and on new ones. Gives how long each answer took. */
  const healthy = async (until: () => boolean) => {
    const took: number[] = [];
    while (!until()) {
      const started = performance.now();
      const answer = await browser.send(PROFILE);
      took.push(performance.now() - started);
      expect(answer).toMatchObject({ status: 200, data: { profile: { email: ada.email } } });

      const knocked = performance.now();
      const { status } = await request(server.url, { path: '/readyz', headers: { connection: 'close' } });
      took.push(performance.now() - knocked);
      expect(status).toBe(200);
      await sleep(20);
    }
    return took;
  };

  it('RE-10: cuts off each of them in its time, and answers the others within a second all the while', async () => {
    await start(haste(HASTE));
    const baseline = openFiles(pid);
    let done = false;
    const canary = healthy(() => done);

    const post = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    await come({ count: 200, first: get(LARGEST).repeat(3), reads: false });
    // The others all at once: by turns, the first would be cut off on a slow machine before the last have come.
    const [headers, body, silent, idle] = await Promise.all([
      come({ count: 1000, first: post, more: 'x-more: 1\r\n' }),
      come({ count: 500, first: `${post}content-length: 1000\r\n\r\n`, more: ' ' }),
      come({ count: 1000 }),
      come({ count: 1000, first: get('/livez') }),
    ]);
    expect(openFiles(pid)).toBeGreaterThan(3000);
    await Promise.all([headers, body, silent, idle].map(clients => clients.gone()));
    while (openFiles(pid) > baseline + 5) await sleep(100);
    done = true;
    const took = await canary;

    const lasted = ({ lasted }: SlowClients) => lasted.map(inItsSeconds);
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

  it('RE-10: takes in no more than five thousand at once, and others again when these are gone', async () => {
    await start();
    const baseline = openFiles(pid);
    const crowd = await come({ count: 6000 });
    while (crowd.present > 5000) await sleep(50);

    expect(openFiles(pid)).toBeLessThanOrEqual(5000 + baseline);
    expect(openFiles(pid)).toBeGreaterThan(4900);
    // It had its connection before.
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
    await expect(request(server.url, { path: '/livez', headers: { connection: 'close' } })).rejects.toThrow();
    expect(server.lines.filter(({ msg }) => msg === 'connection limit reached')).toHaveLength(1);

    await crowd.gone();
    expect(await request(server.url, { path: '/livez' })).toMatchObject({ status: 200 });
    while (openFiles(pid) > baseline + 5) await sleep(100);
  });
});

/** How many files and sockets a process has open. */
const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Four crowds that come together still fit into a server's queue of new connections: who does not has to wait a second. */
const AT_ONCE = 100;

/** Clients that take their time: each says the same first words, and one more now and then. */
class SlowClients {
  /** How long after it came each of them was cut off, in real milliseconds. */
  readonly lasted: number[] = [];
  private readonly sockets = new Set<Socket>();
  private timer?: NodeJS.Timeout;

  private constructor(private readonly url: string) {}

  /** Those who read do it as fast as it comes; the others not at all. */
  static async come(
    url: string,
    { count, first = '', more = '', reads = true }: { count: number; first?: string; more?: string; reads?: boolean },
  ): Promise<SlowClients> {
    const clients = new SlowClients(url);
    for (let come = 0; come < count; come += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, count - come) }, () => clients.connect(first, reads));
      await Promise.all(batch);
      await clients.letIn();
    }
    if (more) clients.timer = setInterval(() => clients.say(more), 500);
    return clients;
  }

  get present(): number {
    return this.sockets.size;
  }

  /** Resolves when the last of them has been cut off. */
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
    // To be cut off is what they are for.
    socket.on('error', () => {});
    await once(socket, 'connect');
    const came = performance.now();
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.lasted.push(performance.now() - came);
    });
    if (reads) socket.resume();
    if (first) socket.write(first);
  }

  /** A connection stands before the server knows of it. Whoever comes last is answered when all before them are in. */
  private async letIn(): Promise<void> {
    // Turned away, where it is full, they are in as well.
    await request(this.url, { path: '/livez', headers: { connection: 'close' } }).catch(() => {});
  }

  private say(word: string): void {
    for (const socket of this.sockets) if (socket.writable) socket.write(word);
  }
}
