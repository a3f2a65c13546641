import { type ChildProcess, fork, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Environment } from '../../src/options/environment.ts';

const COMMAND = join(process.cwd(), 'dist/src/cli/bienvenue.js');

/** The environment of a child process: only PATH is inherited. */
const childEnvironment = (env: Environment) => ({ PATH: process.env.PATH, ...env }) as NodeJS.ProcessEnv;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the built package as a process. */
export const startCommand = (words: string[], env: Environment = {}, options: SpawnOptionsWithoutStdio = {}) =>
  spawn(process.execPath, [COMMAND, ...words], { env: childEnvironment(env), ...options });

/** Only ends a command that hangs. */
const TIME_LIMIT = 90_000;

/** Runs one command in a process of its own, for what only a process shows. */
export async function runProcess(words: string[], env?: Environment, cwd?: string, input = ''): Promise<Outcome> {
  const child = startCommand(words, env, { cwd, timeout: TIME_LIMIT });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', chunk => (outcome.stdout += chunk));
  child.stderr.on('data', chunk => (outcome.stderr += chunk));
  // A command may end before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  [outcome.code] = await once(child, 'close');
  return outcome;
}

let host: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one command. Most of the time of a process is spent on loading modules, so all commands of a test process run in
 * the same one, one at a time.
 */
export function runCommand(words: string[], env: Environment = {}, cwd = process.cwd()): Promise<Outcome> {
  if (env.NODE_OPTIONS) throw new Error('NODE_OPTIONS has an effect only with runProcess()');
  const outcome = last.then(async () => {
    host ??= startHost();
    host.channel?.ref();
    host.send({ words, env: childEnvironment(env), cwd });
    const [result] = await once(host, 'message');
    host.channel?.unref();
    return result as Outcome;
  });
  last = outcome.catch(() => {});
  return outcome;
}

/** Ends with this process, because its channel closes. Between two commands it does not keep this process alive. */
function startHost(): ChildProcess {
  const child = fork('test/support/command-host.mjs', { execArgv: [] });
  child.unref();
  // once() rejects with it; otherwise later commands would wait forever.
  child.once('exit', code => child.emit('error', new Error(`the process of runCommand() ended with ${code}`)));
  return child;
}
