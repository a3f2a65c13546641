import { readdirSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import type { Environment } from '../../src/settings.ts';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { Folder } from '../support/folder.ts';
import { runCommand, startServer, TestServer } from '../support/server.ts';

describe('a start', () => {
  let folder: Folder;
  let servers: Promise<TestServer>[];
  beforeEach(() => {
    folder = new Folder();
    servers = [];
  });
  afterEach(async () => {
    for (const server of await Promise.allSettled(servers))
      if (server.status === 'fulfilled') await server.value.close();
    folder.remove();
  });
  const start = (env: Environment) => {
    const server = startServer(env);
    servers.push(server);
    return server;
  };

  it('takes a free port, says the address first, makes its data, and serves', async () => {
    const server = await start({ DATABASE_URL: '' });
    const [first, ...others] = server.lines;
    const { port } = new URL(server.url);

    expect(Number(port)).toBeGreaterThan(0);
    expect(first).toMatchObject({ level: 'info', msg: 'listening', url: `http://127.0.0.1:${port}` });
    expect(others).toMatchObject([{ msg: 'migrated' }, { msg: 'ready', url: `http://localhost:${port}` }]);
    expect(server.stderr).toBe('');

    const data = join(server.folder, 'data');
    expect(readdirSync(data)).toContain('bienvenue.sqlite');
    expect(statSync(data).mode & 0o077).toBe(0);

    const browser = server.browser();
    await browser.send(REGISTER, { ...ada });
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
    for (const path of ['/livez', '/readyz', '/']) expect((await browser.fetch(path)).status).toBe(200);
  });

  it('is refused in words where the port is in use', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await runCommand(['serve'], { PORT: String(port) }, folder.path);
    other.close();

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^bienvenue: PORT: .*in use.*\n$/);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('OP-2: of several on one new file migrates it once, and they serve the same accounts', async () => {
    const env = { DATABASE_URL: `sqlite:${join(folder.path, 'shared.sqlite')}` };
    const [one, two, three] = await Promise.all([start(env), start(env), start(env)]);
    const lines = [one, two, three].flatMap(server => server.lines);
    const browser = one.browser();
    await browser.send(REGISTER, { ...ada });

    expect(lines.filter(({ msg }) => msg === 'migrated')).toHaveLength(1);
    for (const other of [two, three]) {
      expect(await other.browser({ cookies: browser.cookies }).send(PROFILE)).toMatchObject({
        data: { profile: { email: ada.email } },
      });
    }
  });

  it('RE-5: waits while another process is just making the file', async () => {
    const file = join(folder.path, 'test.sqlite');
    const maker = new SQLite(file);
    maker.exec('begin exclusive; create table maker (id)');
    const server = new TestServer({ PORT: '0', DATABASE_URL: `sqlite:${file}` }, folder.path);
    const ready = server.start();
    servers.push(ready.then(() => server));
    await server.says('listening');
    // Longer than it takes from there to the file, shorter than a start has patience.
    const made = sleep(500).then(() => maker.exec('commit').close());
    await Promise.allSettled([ready, made]);
    await ready;

    expect(server.lines.map(({ msg }) => msg)).toEqual(['listening', 'migrated', 'ready']);
  });
});
