import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../../../src/options/environment.ts';
import { freePort } from '../../../support/folder.ts';

const LONGEST_START = 30_000;
/** The one that it is opened with. */
export const DATABASE = 'accounts';

/** In numbers, as the system has it. */
export interface User {
  uid: number;
  gid: number;
}

/** A database server of the test's own, with its data in a new folder: killed, frozen, started again. */
export abstract class OwnServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));
  protected readonly data = join(this.folder, 'data');
  protected port = 0;
  /** What ends it at once, children and all; what was committed is on the disk. */
  protected readonly immediateStop: NodeJS.Signals = 'SIGKILL';
  protected readonly user?: User;
  private child?: ChildProcess;
  private databases = 0;

  /** Where its own client programs find it by themselves. */
  protected abstract get clientEnvironment(): Environment;
  /** Of one of its databases, for DATABASE_URL. */
  abstract urlOf(database: string): string;
  /** Rows, over a connection that is closed again. */
  // biome-ignore lint/suspicious/noExplicitAny: columns are what the test states
  abstract rows(sql: string, database?: string): Promise<any[]>;
  /** Says these words on a connection of its own, which then stays open and keeps the locks that they took. */
  abstract hold(words: string[]): Promise<{ release(): Promise<void> }>;
  /** Makes the files of a new server. */
  protected abstract prepare(): Promise<void>;
  protected abstract command(): [string, string[]];
  /** A command that succeeds once the server takes questions. */
  protected abstract ready(): string[];
  protected abstract makeDatabase(name: string): Promise<void>;

  /** With a new, empty database; or with what a folder holds, which it takes for its own. */
  async open(data?: string): Promise<this> {
    this.port = await freePort();
    if (this.user) chownSync(this.folder, this.user.uid, this.user.gid);
    if (data === undefined) await this.prepare();
    else renameSync(data, this.data);
    await this.start();
    if (data === undefined) await this.makeDatabase(DATABASE);
    return this;
  }

  /** For DATABASE_URL. */
  get url(): string {
    return this.urlOf(DATABASE);
  }

  /** The address of one more database, an empty one. */
  async newDatabase(): Promise<string> {
    this.databases += 1;
    const name = `${DATABASE}_${this.databases}`;
    await this.makeDatabase(name);
    return this.urlOf(name);
  }

  /** Resolves when it takes questions. */
  async start(): Promise<void> {
    this.child = spawn(...this.command(), { stdio: 'ignore', ...this.user });
    const [program, ...options] = this.ready() as [string, ...string[]];
    const latest = performance.now() + LONGEST_START;
    while ((await this.codeOf(program, options)).code !== 0) {
      if (performance.now() > latest) throw new Error(`${this.command()[0]} does not start`);
      await sleep(50);
    }
  }

  /** At once, as if its machine had lost its power. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(this.immediateStop);
    await gone;
  }

  /** It keeps its connections, takes new ones, and answers nobody. */
  freeze(): void {
    this.signalAll('SIGSTOP');
  }

  thaw(): void {
    this.signalAll('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs commands as its operator would: by its user, in its folder. Throws where one of them fails. */
  async operate(script: string): Promise<void> {
    await this.run('bash', ['-euo', 'pipefail', '-c', script], { ...process.env, ...this.clientEnvironment });
  }

  /** Runs a program to its end; throws with what it said where that was not a good one. */
  protected async run(program: string, options: string[], env?: Environment): Promise<void> {
    const { code, said } = await this.codeOf(program, options, env);
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
  }

  private async codeOf(program: string, options: string[], env?: Environment): Promise<{ code: number; said: string }> {
    const how = { cwd: this.folder, env: env as NodeJS.ProcessEnv, ...this.user };
    const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'], ...how });
    let said = '';
    child.stderr.on('data', chunk => (said += chunk));
    const [code] = await once(child, 'close');
    return { code, said };
  }

  private signalAll(signal: NodeJS.Signals): void {
    const { pid } = this.child as ChildProcess;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    for (const each of [pid, ...children.map(Number)]) process.kill(each as number, signal);
  }
}
