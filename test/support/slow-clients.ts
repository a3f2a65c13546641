import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { request } from './raw.ts';

/** How many files and sockets a process has open. */
export const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Four crowds that come together still fit into a server's queue of new connections: who does not has to wait a second. */
const AT_ONCE = 100;

/** Clients that take their time: each says the same first words, and one more now and then. */
export class SlowClients {
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
