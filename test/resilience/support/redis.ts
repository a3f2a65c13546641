import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Environment } from '../../../src/options/environment.ts';
import { freePort } from '../../support/folder.ts';

/** A real Redis of the test's own, which keeps nothing when it ends: stopped, started, and made to hang. */
export class RedisServer {
  private child?: ChildProcess;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  /** One that is not there yet. */
  static async absent(): Promise<RedisServer> {
    return new RedisServer(await freePort());
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get settings(): Environment {
    return { REDIS_URL: this.url };
  }

  async start(): Promise<void> {
    const options = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(this.child, 'exit').then(([code]) => Promise.reject(new Error(`redis-server ended: ${code}`)));
    gone.catch(() => {});
    await Promise.race([this.said('Ready to accept connections'), gone]);
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** It keeps its connections, and answers nobody. */
  hang(): void {
    this.child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.child?.kill('SIGCONT');
  }

  /** One command, and its answer as it comes over the wire. */
  async ask(command: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      socket.write(`${command}\r\n`);
      const [answer] = await once(socket, 'data');
      return String(answer).trim();
    } finally {
      socket.destroy();
    }
  }

  private async said(words: string): Promise<void> {
    for await (const chunk of this.child?.stdout ?? []) if (String(chunk).includes(words)) break;
  }
}
