import { type AppOptions, startApp, type TestApp } from './app.ts';

/** Two services on one database, under one clock. */
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
