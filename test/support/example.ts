import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { Folder } from './folder.ts';

/** What a front end uses of the built package. */
const FRONT_END_PARTS = ['package.json', 'dist/src/client', 'dist/schema'];

interface ExampleOutcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A copy of a front end of `examples/`, with the packages that its users install; of ours, only what a front end uses. */
export class Example {
  readonly path: string;
  private readonly folder = new Folder();
  private readonly processes: ChildProcess[] = [];

  constructor(name: string) {
    this.path = join(this.folder.path, name);
    cpSync(join('examples', name), this.path, { recursive: true });
    // Looked up after the example's own node_modules.
    symlinkSync(resolve('node_modules'), join(this.folder.path, 'node_modules'));
    for (const part of FRONT_END_PARTS)
      cpSync(part, join(this.path, 'node_modules/bienvenue-auth', part), { recursive: true });
  }

  /** Runs a program with Node.js to its end. */
  async run(command: string[], env: NodeJS.ProcessEnv = {}): Promise<ExampleOutcome> {
    const child = this.spawn(command, env);
    const outcome: ExampleOutcome = { code: null, stdout: '', stderr: '' };
    child.stdout?.on('data', chunk => (outcome.stdout += chunk));
    child.stderr?.on('data', chunk => (outcome.stderr += chunk));
    [outcome.code] = await once(child, 'close');
    return outcome;
  }

  /** Starts a program with Node.js. Resolves with the part of its output that the pattern captures. */
  start(command: string[], pattern: RegExp, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const child = this.spawn(command, env);
    let output = '';
    return new Promise((found, reject) => {
      child.stderr?.on('data', chunk => (output += chunk));
      createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', line => {
        output += `${line}\n`;
        const match = pattern.exec(stripVTControlCharacters(line));
        if (match) found(match[1] as string);
      });
      child.once('close', code => reject(new Error(`${command.join(' ')} ended with ${code}: ${output}`)));
    });
  }

  /** Ends what was started, and removes the copy. */
  async close(): Promise<void> {
    for (const child of this.processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
    this.folder.remove();
  }

  private spawn(command: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const options = { cwd: this.path, env: { PATH: process.env.PATH, ...env } as NodeJS.ProcessEnv };
    const child = spawn(process.execPath, command, options);
    this.processes.push(child);
    return child;
  }
}
