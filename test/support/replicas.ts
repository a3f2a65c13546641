import { type AppOptions, startApp, type TestApp } from './app.ts';
import { cleanDatabase } from './databases/new-database.ts';
import type { TestDatabase } from './databases/test-database.ts';

/** Two services that share a database and a clock. */
export interface Replicas {
  one: TestApp;
  two: TestApp;
  close(): Promise<void>;
}

export async function startReplicas(options: AppOptions = {}): Promise<Replicas> {
  const one = await startApp(options);
  const two = await startApp({ ...options, database: one.database, ports: { clock: one.clock, ...options.ports } });
  return {
    one,
    two,
    async close() {
      await two.close();
      await one.close();
    },
  };
}

/** A service that is restarted with other options on the same database. */
export class Restarting {
  app!: TestApp;
  private database?: TestDatabase;

  async start(options: AppOptions = {}): Promise<TestApp> {
    await this.app?.close();
    this.database ??= await cleanDatabase();
    this.app = await startApp({ ...options, database: this.database });
    return this.app;
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.database?.drop();
  }
}
