import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

const canPin = spawnSync('taskset', ['--version']).status === 0;

export interface Running {
  url: string;
  stop(): void;
}

/** Starts a Node process on the first core, where the machine can pin; resolves with the first address it prints. */
export async function start(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const words = canPin ? ['taskset', '-c', '0', process.execPath] : [process.execPath];
  const [command = '', ...rest] = [...words, ...args];
  const child = spawn(command, rest, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await firstAddress(child);
  return { url, stop: () => void child.kill('SIGKILL') };
}

/** Keeps this process, which makes the load, off the core of the servers. */
export function stayOffTheServersCore(): void {
  if (canPin) spawnSync('taskset', ['-acp', '1', String(process.pid)]);
}

function firstAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)));
    if (!child.stdout) return reject(new Error('the server has no output'));
    createInterface({ input: child.stdout }).on('line', line => {
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      const ready = !line.startsWith('{') || line.includes('"msg":"listening"');
      if (address && ready) resolve(address);
    });
  });
}
