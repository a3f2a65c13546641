import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from '../../src/options/environment.ts';
import { childEnvironment, type Outcome } from './server.ts';

/**
 * A process that runs commands of the built package, one at a time. Most of a command's time is spent on loading its
 * modules, which this process does once. What a process does beyond its command is tested with `runCommand()`.
 */
export class CommandHost {
  private readonly process: ChildProcess = fork('test/support/command-host.mjs');

  async run(words: string[], env: Environment): Promise<Outcome> {
    this.process.send({ words, env: childEnvironment(env) });
    const [outcome] = await once(this.process, 'message');
    return outcome;
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'close');
    this.process.kill();
    await ended;
  }
}
