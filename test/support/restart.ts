import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppOptions, startApp, type TestApp } from './app.ts';

/** A service that is stopped and started, each time with other settings, over one database file. */
export class Restarting {
  app!: TestApp;
  private readonly folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));

  async start(options: AppOptions = {}): Promise<TestApp> {
    await this.app?.close();
    this.app = await startApp({ ...options, path: join(this.folder, 'test.sqlite') });
    return this.app;
  }

  async close(): Promise<void> {
    await this.app?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
