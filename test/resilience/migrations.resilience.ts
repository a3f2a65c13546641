import { join, resolve } from 'node:path';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import type { Environment } from '../../src/options/environment.ts';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { runProcess } from '../support/commands.ts';
import { Folder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';
import { OwnMariadb } from './support/own-servers/own-mariadb.ts';
import { OwnPostgresql } from './support/own-servers/own-postgresql.ts';
import { times } from './support/scale.ts';

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
    for (let run = 0; run < times(10, 1); run++) {
      const DATABASE_URL = await databases.newDatabase();
      const servers = await Promise.all([0, 1, 2].map(() => startServer({ DATABASE_URL })));
      const migrated = servers.flatMap(({ lines }) => lines.filter(({ msg }) => msg === 'migrated'));
      for (const server of servers) await server.close();

      expect(migrated).toHaveLength(migrations.length);
    }
  });

  it('OP-2: are completed by the next start after being killed after any change', async () => {
    const { stdout } = await migrate({ DATABASE_URL: await databases.newDatabase() });
    const changes = Number(/^changes: (\d+)$/m.exec(stdout)?.[1]);
    expect(changes).toBeGreaterThan(10);
    const kills = times(changes, 3);
    for (let kill = 1; kill <= kills; kill++) {
      const half = await databases.newDatabase();
      const at = Math.ceil((changes * kill) / (kills + 1));
      expect(await migrate({ DATABASE_URL: half, KILL_AT: `${at}` })).toMatchObject({ code: null, stdout: '' });

      const server = await startServer({ DATABASE_URL: half });
      const browser = server.browser();
      await browser.send(REGISTER, { ...ada });
      const { data } = await browser.send(PROFILE);
      await server.close();
      expect(data.profile.email).toBe(ada.email);
    }
  });
});

const KILL_AT_STATEMENT = resolve('test/resilience/support/kill-at-statement.mjs');

/** Runs the migrations in a process that counts its changes, and is killed after number KILL_AT. */
const migrate = (env: Environment) =>
  runProcess(['migrate', 'up'], { NODE_OPTIONS: `--import=${KILL_AT_STATEMENT}`, ...env });
