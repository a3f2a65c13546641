import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Environment } from '../../../src/options/environment.ts';
import { freePort } from '../../support/folder.ts';

/** A real Redis without persistence that a test can stop, start and freeze. */
export class RedisServer {
  private child?: ChildProcess;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  /** A server that has not been started yet. */
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
    const exited = once(this.child, 'exit').then(([code]) => Promise.reject(new Error(`redis-server ended: ${code}`)));
    exited.catch(() => {});
    await Promise.race([this.hasPrinted('Ready to accept connections'), exited]);
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Keeps its connections open and stops responding. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Sends one command and returns the raw reply. */
  async command(command: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      socket.write(`${command}\r\n`);
      const [reply] = await once(socket, 'data');
      return String(reply).trim();
    } finally {
      socket.destroy();
    }
  }

  private async hasPrinted(text: string): Promise<void> {
    for await (const chunk of this.child?.stdout ?? []) if (String(chunk).includes(text)) break;
  }
}
