import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../../../src/options/environment.ts';
import { freePort } from '../../../support/folder.ts';
import { until } from '../../../support/until.ts';

/** The database that `open()` creates. */
export const DATABASE = 'accounts';

/** The numeric ids of a system user. */
export interface User {
  uid: number;
  gid: number;
}

/** A separate database server with its data in a new folder, which a test can kill, freeze and restart. */
export abstract class OwnServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));
  protected readonly data = join(this.folder, 'data');
  protected port = 0;
  /** The signal that ends the server and its children at once; committed data is on the disk. */
  protected readonly immediateStop: NodeJS.Signals = 'SIGKILL';
  protected readonly user?: User;
  private child?: ChildProcess;
  private databases = 0;

  /** Names the data files that servers of this engine start from. */
  protected abstract readonly engine: string;
  /** Environment in which the engine's client programs connect to this server. */
  protected abstract get clientEnvironment(): Environment;
  /** The DATABASE_URL of one of its databases. */
  abstract urlOf(database: string): string;
  /** Runs a query on a connection that is closed afterwards. */
  // biome-ignore lint/suspicious/noExplicitAny: columns are what the test states
  abstract rows(sql: string, database?: string): Promise<any[]>;
  /** Runs statements on a separate connection, which stays open and keeps their locks until `release()`. */
  abstract hold(statements: string[]): Promise<{ release(): Promise<void> }>;
  /** Creates the data files of a new server. */
  protected abstract createData(): Promise<void>;
  protected abstract command(): [string, string[]];
  /** A command that succeeds once the server accepts queries. */
  protected abstract ready(): string[];
  protected abstract makeDatabase(name: string): Promise<void>;

  /** Starts with a new, empty database, or with an existing data folder, which it takes over. */
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

  /** Creates another empty database and returns its URL. */
  async newDatabase(): Promise<string> {
    this.databases += 1;
    const name = `${DATABASE}_${this.databases}`;
    await this.makeDatabase(name);
    return this.urlOf(name);
  }

  /** Copies data files, which take seconds to create, from the first server of this engine in the test run. */
  protected async prepare(): Promise<void> {
    const template = join(process.env.TEST_TEMPLATES as string, this.engine);
    if (existsSync(template)) return copy(template, this.data);
    await this.createData();
    const own = `${template}-${basename(this.folder)}`;
    await copy(this.data, own);
    // Another process may have been first.
    if (!existsSync(template)) renameSync(own, template);
  }

  /** Resolves when the server accepts queries. */
  async start(): Promise<void> {
    this.child = spawn(...this.command(), { stdio: 'ignore', ...this.user });
    const [program, ...options] = this.ready() as [string, ...string[]];
    await until(async () => (await this.codeOf(program, options)).code === 0);
  }

  /** Stops immediately, as in a power failure. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(this.immediateStop);
    await exited;
  }

  /**
   * Keeps its connections and accepts new ones, but does not respond. Returns when every thread has stopped: until then,
   * one of them may still respond to a query.
   */
  freeze(): void {
    const pids = this.signalAll('SIGSTOP');
    while (!pids.flatMap(threadStates).every(state => 'TZX'.includes(state)))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }

  thaw(): void {
    this.signalAll('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs commands as an operator would: as the server's user, in its folder. Throws if one fails. */
  async operate(script: string): Promise<void> {
    await this.run('bash', ['-euo', 'pipefail', '-c', script], { ...process.env, ...this.clientEnvironment });
  }

  /** Runs a program and waits for its end. Throws with its stderr if the exit code is not 0. */
  protected async run(program: string, options: string[], env?: Environment): Promise<void> {
    const { code, stderr } = await this.codeOf(program, options, env);
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr}`);
  }

  private async codeOf(
    program: string,
    options: string[],
    env?: Environment,
  ): Promise<{ code: number; stderr: string }> {
    const spawnOptions = { cwd: this.folder, env: env as NodeJS.ProcessEnv, ...this.user };
    const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'], ...spawnOptions });
    let stderr = '';
    child.stderr.on('data', chunk => (stderr += chunk));
    const [code] = await once(child, 'close');
    return { code, stderr };
  }

  private signalAll(signal: NodeJS.Signals): number[] {
    const pid = Number(this.child?.pid);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    const pids = [pid, ...children.map(Number)];
    for (const each of pids) process.kill(each, signal);
    return pids;
  }
}

/** Keeps the owner: the server's user cannot read the templates. */
const copy = async (from: string, to: string) => void (await promisify(execFile)('cp', ['-a', from, to]));

/** The states of a process's threads, such as R (running), T (stopped), Z and X (ended). */
const threadStates = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map(thread => {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return stat.charAt(stat.lastIndexOf(')') + 2);
    } catch {
      // It ended in between.
      return 'X';
    }
  });
