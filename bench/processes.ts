import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const canPin = spawnSync('taskset', ['--version']).status === 0;

/** Determined before this process pins itself to one core. */
const lastCore = availableParallelism() - 1;

/** Command prefix that pins a process to one core; empty without `taskset`. */
export const pinned = (core: number): string[] => (canPin ? ['taskset', '-c', String(core)] : []);

/** Command prefix that allows all cores; a child process would otherwise inherit our pinning. */
export const unpinned = (): string[] => (canPin ? ['taskset', '-c', `0-${lastCore}`] : []);

export interface Running {
  url: string;
  /** The process and its descendants. */
  pids(): number[];
  stop(): void;
}

export interface StartOptions {
  /** On the first core, unless false. */
  pin?: boolean;
  cwd?: string;
}

/** Starts a server on a free port and resolves when it listens. Its log goes to a file, as in production. */
export async function start(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  { pin = true, cwd }: StartOptions = {},
): Promise<Running> {
  const [command = '', ...rest] = [...(pin ? pinned(0) : unpinned()), process.execPath, ...args];
  const log = new LogFile();
  const port = await freePort();
  const environment = { PATH: process.env.PATH, ...env, PORT: String(port) };
  const child = spawn(command, rest, { cwd, env: environment, stdio: ['ignore', log.descriptor, log.descriptor] });
  const stop = () => {
    child.kill('SIGKILL');
    log.close();
  };
  try {
    await untilItListens(child, port, log);
    return { url: `http://127.0.0.1:${port}`, pids: () => processTree(child.pid as number), stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Pins this process, which generates load, to the second core. */
export function stayOffTheServersCore(): void {
  if (canPin) spawnSync('taskset', ['-acp', '1', String(process.pid)]);
}

/** A free port, for servers that need to know it beforehand. */
export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** Seconds of processor time used by these processes so far; NaN without /proc. */
export function cpuSeconds(pids: number[]): number {
  const TICKS = 100;
  return pids
    .map(
      pid =>
        fieldsOf(pid)
          .slice(11, 13)
          .map(Number)
          .reduce((a, b) => a + b, 0) / TICKS,
    )
    .reduce((a, b) => a + b, 0);
}

/** Resident memory of these processes in megabytes. */
export function residentMegabytes(pids: number[]): number {
  const kilobytes = pids.map(pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
  return kilobytes.reduce((a, b) => a + b, 0) / 1024;
}

/** Fields after the name in /proc/PID/stat; the name may contain spaces and parentheses. */
function fieldsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return Array(13).fill('NaN');
  }
}

function processTree(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children ? children.split(' ').map(Number).flatMap(processTree) : [])];
  } catch {
    return [pid];
  }
}

/** A log file that is unlinked at once, so that nothing remains after the measurement. */
class LogFile {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bienvenue-bench-log-'));
  private open = true;
  readonly descriptor = openSync(join(this.folder, 'log'), 'a+');

  constructor() {
    rmSync(this.folder, { recursive: true });
  }

  /** Its first lines. */
  head(): string {
    const buffer = Buffer.alloc(16 * 1024);
    return buffer.toString('utf8', 0, readSync(this.descriptor, buffer, 0, buffer.length, 0));
  }

  close(): void {
    if (this.open) closeSync(this.descriptor);
    this.open = false;
  }
}

async function untilItListens(child: ChildProcess, port: number, log: LogFile): Promise<void> {
  for (const late = performance.now() + 30_000; performance.now() < late && child.exitCode === null; await wait(10)) {
    if (await listens(port)) return;
  }
  throw new Error(`the server did not start:\n${log.head()}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
