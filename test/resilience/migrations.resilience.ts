import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { runCommand } from '../support/commands.ts';
import { Folder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';
import { OwnMariadb } from './support/own-servers/own-mariadb.ts';
import { OwnPostgresql } from './support/own-servers/own-postgresql.ts';
import { times } from './support/scale.ts';

const KILLS = times(20, 5);

/** `newDatabase` returns the address of an empty database. */
const ENGINES = [
  { title: 'SQLite', open: async () => new Files() },
  { title: 'PostgreSQL', open: () => new OwnPostgresql().open() },
  { title: 'MariaDB', open: () => new OwnMariadb().open() },
];

class Files {
  private readonly folder = new Folder();
  private count = 0;

  async newDatabase(): Promise<string> {
    this.count += 1;
    return `sqlite:${join(this.folder.path, `${this.count}.sqlite`)}`;
  }

  async close(): Promise<void> {
    this.folder.remove();
  }
}

describe.each(ENGINES)('on $title, the migrations', ({ open }) => {
  let databases: { newDatabase(): Promise<string>; close(): Promise<void> };
  beforeAll(async () => {
    databases = await open();
  });
  afterAll(() => databases.close());

  it('OP-2: run once when several replicas start on an empty database at the same time', async () => {
    for (let run = 0; run < times(10, 2); run++) {
      const DATABASE_URL = await databases.newDatabase();
      const servers = await Promise.all([0, 1, 2].map(() => startServer({ DATABASE_URL })));
      const migrated = servers.flatMap(({ lines }) => lines.filter(({ msg }) => msg === 'migrated'));
      for (const server of servers) await server.close();

      expect(migrated).toHaveLength(migrations.length);
    }
  });

  it('OP-2: are completed by the next start after being killed at any moment', async () => {
    const DATABASE_URL = await databases.newDatabase();
    const began = performance.now();
    await runCommand(['migrate', 'up'], { DATABASE_URL });
    const baseline = performance.now() - began;
    for (let kill = 0; kill < KILLS; kill++) {
      const half = await databases.newDatabase();
      await killed(half, (baseline * kill) / KILLS);

      const server = await startServer({ DATABASE_URL: half });
      const browser = server.browser();
      await browser.send(REGISTER, { ...ada });
      const { data } = await browser.send(PROFILE);
      await server.close();
      expect(data.profile.email).toBe(ada.email);
    }
  });
});

/** Runs the migrations in a process that is killed after `milliseconds`. */
async function killed(DATABASE_URL: string, milliseconds: number): Promise<void> {
  const env = { PATH: process.env.PATH, DATABASE_URL } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, ['dist/src/cli/bienvenue.js', 'migrate', 'up'], { env, stdio: 'ignore' });
  const exited = once(child, 'exit');
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await exited;
}
