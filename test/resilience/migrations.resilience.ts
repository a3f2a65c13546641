import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { Folder } from '../support/folder.ts';
import { runCommand, startServer } from '../support/server.ts';
import { OwnMariadb } from './support/own-servers/own-mariadb.ts';
import { OwnPostgresql } from './support/own-servers/own-postgresql.ts';

/** Each gives the address of a database that nobody has used. */
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

  it('OP-2: run once, however many replicas start at the same time on a new database', async () => {
    for (let times = 0; times < 10; times++) {
      const DATABASE_URL = await databases.newDatabase();
      const servers = await Promise.all([0, 1, 2].map(() => startServer({ DATABASE_URL })));
      const migrated = servers.flatMap(({ lines }) => lines.filter(({ msg }) => msg === 'migrated'));
      for (const server of servers) await server.close();

      expect(migrated).toHaveLength(migrations.length);
    }
  }, 180_000);

  it('OP-2: are finished by the next start when they were killed, at whatever moment', async () => {
    const DATABASE_URL = await databases.newDatabase();
    const began = performance.now();
    await runCommand(['migrate', 'up'], { DATABASE_URL });
    const usual = performance.now() - began;
    for (let kill = 0; kill < 20; kill++) {
      const half = await databases.newDatabase();
      await killed(half, (usual * kill) / 20);

      const server = await startServer({ DATABASE_URL: half });
      const browser = server.browser();
      await browser.send(REGISTER, { ...ada });
      const { data } = await browser.send(PROFILE);
      await server.close();
      expect(data.profile.email).toBe(ada.email);
    }
  }, 240_000);
});

/** Has the tables made, by a process that lives for so long. */
async function killed(DATABASE_URL: string, milliseconds: number): Promise<void> {
  const env = { PATH: process.env.PATH, DATABASE_URL } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, ['dist/src/cli/bienvenue.js', 'migrate', 'up'], { env, stdio: 'ignore' });
  const gone = once(child, 'exit');
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await gone;
}
