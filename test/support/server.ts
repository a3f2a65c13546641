import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSchema } from '../../src/graphql/schema.ts';
import type { Environment } from '../../src/options/environment.ts';
import { Browser, type BrowserOptions } from './browser.ts';
import { newDatabase } from './databases/new-database.ts';
import type { TestDatabase } from './databases/test-database.ts';

const COMMAND = 'dist/src/cli/bienvenue.js';

/** The environment of a child: nothing of ours but what finds the binaries. */
const childEnvironment = (env: Environment) => ({ PATH: process.env.PATH, ...env }) as NodeJS.ProcessEnv;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Only ends a command that hangs. */
const RUN_TIMEOUT = 90_000;

/** Runs one command of the built package to its end. */
export async function runCommand(words: string[], env: Environment = {}, cwd = process.cwd()): Promise<Outcome> {
  const options = { env: childEnvironment(env), cwd, timeout: RUN_TIMEOUT };
  const child = spawn(process.execPath, [join(process.cwd(), COMMAND), ...words], options);
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', chunk => (outcome.stdout += chunk));
  child.stderr.on('data', chunk => (outcome.stderr += chunk));
  [outcome.code] = await once(child, 'close');
  return outcome;
}

/** Starts the built server as a process of its own, in a new folder, over a new database or one that stays when it ends. */
export async function startServer(env: Environment = {}, kept?: TestDatabase): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));
  const database = kept ?? (await newDatabase());
  const settings = { PORT: '0', DATABASE_URL: database.url, BIENVENUE_BCRYPT_COST: '10', ...env };
  const server = new TestServer(settings, folder, { database, keep: kept !== undefined });
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

export class TestServer {
  url = '';
  /** Lines of the log so far, parsed. */
  readonly lines: Record<string, unknown>[] = [];
  stderr = '';
  process!: ChildProcess;
  private readonly said = new EventEmitter();
  private readonly schema = buildSchema();

  constructor(
    readonly env: Environment,
    readonly folder: string,
    private readonly data: { database: TestDatabase; keep: boolean },
  ) {}

  get database(): TestDatabase {
    return this.data.database;
  }

  /** Rows as they lie in the database. */
  rows(sql: string): ReturnType<TestDatabase['rows']> {
    return this.database.rows(sql);
  }

  /** Starts the process; also a second time, on the same database. Resolves when it is ready. */
  async start(): Promise<void> {
    const command = [join(process.cwd(), COMMAND), 'serve'];
    const child = spawn(process.execPath, command, { env: childEnvironment(this.env), cwd: this.folder });
    this.process = child;
    child.stderr.on('data', chunk => (this.stderr += chunk));
    await new Promise<void>((resolve, reject) => {
      child.once('exit', code => reject(new Error(`the server ended with ${code}: ${this.stderr}`)));
      createInterface({ input: child.stdout }).on('line', text => {
        const line = JSON.parse(text);
        this.lines.push(line);
        this.said.emit(line.msg, line);
        if (line.msg === 'listening') this.url = line.url;
        if (line.msg === 'ready') resolve();
      });
    });
    child.removeAllListeners('exit');
  }

  /** Resolves with the next log line that says this. */
  async says(message: string): Promise<Record<string, unknown>> {
    const [line] = await once(this.said, message);
    return line;
  }

  browser(options?: BrowserOptions): Browser {
    return new Browser(this.url, this.schema, options);
  }

  /** Sends a signal and gives the exit code once the process has ended; null when the signal killed it. */
  async signal(name: NodeJS.Signals): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    // Not "exit": its last lines may still be on their way then.
    const ended = once(this.process, 'close');
    this.process.kill(name);
    const [code] = await ended;
    return code;
  }

  async close(): Promise<void> {
    await this.signal('SIGKILL');
    if (!this.data.keep) await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
