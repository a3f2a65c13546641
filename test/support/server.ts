import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSchema } from '../../src/graphql/schema.ts';
import type { Environment } from '../../src/options/environment.ts';
import { Browser, type BrowserOptions } from './browser.ts';
import { startCommand } from './commands.ts';
import { cleanDatabase } from './databases/new-database.ts';
import type { TestDatabase } from './databases/test-database.ts';

/** Starts the built server as a process in a new folder, with a database of its own or one that is kept afterwards. */
export async function startServer(env: Environment = {}, kept?: TestDatabase): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));
  const database = kept ?? (await cleanDatabase());
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

const schema = await buildSchema();

export class TestServer {
  url = '';
  /** The parsed lines of the log so far. */
  readonly lines: Record<string, unknown>[] = [];
  stderr = '';
  process!: ChildProcess;
  private readonly logged = new EventEmitter();

  constructor(
    readonly env: Environment,
    readonly folder: string,
    private readonly data: { database: TestDatabase; keep: boolean },
  ) {}

  get database(): TestDatabase {
    return this.data.database;
  }

  /** Rows as stored in the database. */
  rows(sql: string): ReturnType<TestDatabase['rows']> {
    return this.database.rows(sql);
  }

  /** Starts the process, or starts it again on the same database. Resolves when it is ready. */
  async start(): Promise<void> {
    const child = startCommand(['serve'], this.env, { cwd: this.folder });
    this.process = child;
    child.stderr.on('data', chunk => (this.stderr += chunk));
    await new Promise<void>((resolve, reject) => {
      child.once('exit', code => reject(new Error(`the server ended with ${code}: ${this.stderr}`)));
      createInterface({ input: child.stdout }).on('line', text => {
        const line = JSON.parse(text);
        this.lines.push(line);
        this.logged.emit(line.msg, line);
        if (line.msg === 'listening') this.url = line.url;
        if (line.msg === 'ready') resolve();
      });
    });
    child.removeAllListeners('exit');
  }

  /** Resolves with the next log line that has this message. */
  async nextLog(message: string): Promise<Record<string, unknown>> {
    const [line] = await once(this.logged, message);
    return line;
  }

  browser(options?: BrowserOptions): Browser {
    return new Browser(this.url, schema, options);
  }

  /** Sends a signal and returns the exit code once the process has ended; null when the signal killed it. */
  async signal(name: NodeJS.Signals): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    // Not "exit": at that time the last log lines may still be in the pipe.
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
