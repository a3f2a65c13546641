import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { SqliteDatabase } from '../support/databases/sqlite.ts';
import { Folder } from '../support/folder.ts';
import { migrationsOfEngine } from '../support/migrations.ts';
import { startServer, TestServer } from '../support/server.ts';

describe('a start on SQLite', () => {
  let server: TestServer;
  afterEach(() => server.close());

  it('needs no settings: it creates its data folder, readable by its owner only', async () => {
    server = await startServer({ DATABASE_URL: '' });

    const data = join(server.folder, 'data');
    expect(readdirSync(data)).toContain('bienvenue.sqlite');
    expect(statSync(data).mode & 0o077).toBe(0);
  });

  it('RE-5: waits while another process creates the file', async () => {
    const { path } = new Folder();
    const database = new SqliteDatabase(join(path, 'test.sqlite'));
    const creator = new SQLite(database.file);
    creator.exec('begin exclusive; create table created (id)');
    server = new TestServer({ PORT: '0', DATABASE_URL: database.url }, path, { database, keep: true });
    const ready = server.start();
    await server.nextLog('listening');
    // After the server has tried to open the file, and before it gives up.
    const committed = sleep(500).then(() => creator.exec('commit').close());
    await Promise.allSettled([ready, committed]);
    await ready;

    expect(server.lines.map(({ msg }) => msg)).toEqual([
      'listening',
      ...migrationsOfEngine.map(() => 'migrated'),
      'ready',
    ]);
  });
});
