import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import type { Environment } from '../../src/options/environment.ts';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { runProcess } from '../support/commands.ts';
import { newDatabase } from '../support/databases/new-database.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { Folder } from '../support/folder.ts';
import { migrationsOfEngine } from '../support/migrations.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('a start', () => {
  let database: TestDatabase;
  let servers: Promise<TestServer>[];
  beforeEach(async () => {
    database = await newDatabase();
    servers = [];
  });
  afterEach(async () => {
    for (const server of await Promise.allSettled(servers))
      if (server.status === 'fulfilled') await server.value.close();
    await database.drop();
  });
  const start = (env: Environment = {}) => {
    const server = startServer(env, database);
    servers.push(server);
    return server;
  };

  it("bounds V8's young generation, in the same process, unless NODE_OPTIONS sets a bound", async () => {
    const argsOf = ({ process: { pid } }: TestServer) =>
      execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });

    expect(argsOf(await start())).toMatch(/ --max-semi-space-size=8 .*bienvenue\.js serve/);
    expect(argsOf(await start({ NODE_OPTIONS: '--max-semi-space-size=16' }))).not.toMatch(/semi-space/);
  });

  it('takes a free port, logs the address first, creates the tables and serves requests', async () => {
    const server = await start();
    const [first, ...others] = server.lines;
    const { port } = new URL(server.url);

    expect(Number(port)).toBeGreaterThan(0);
    expect(first).toMatchObject({ level: 'info', msg: 'listening', url: `http://127.0.0.1:${port}` });
    expect(others).toMatchObject([
      ...migrationsOfEngine.map(({ name }) => ({ msg: 'migrated', migration: name })),
      { msg: 'ready', url: `http://localhost:${port}` },
    ]);
    expect(server.stderr).toBe('');

    const browser = server.browser();
    await browser.send(REGISTER, { ...ada });
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
    for (const path of ['/livez', '/readyz', '/']) expect((await browser.fetch(path)).status).toBe(200);
  });

  it('fails with a clear message when the port is in use', async () => {
    const folder = new Folder();
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await runProcess(['serve'], { PORT: String(port) }, folder.path);
    const left = readdirSync(folder.path);
    other.close();
    folder.remove();

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^bienvenue: PORT: .*in use.*\n$/);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(left).toEqual([]);
  });

  it('OP-2: of several servers on one new database migrates it once, and they share the accounts', async () => {
    const [one, two, three] = await Promise.all([start(), start(), start()]);
    const lines = [one, two, three].flatMap(server => server.lines);
    const browser = one.browser();
    await browser.send(REGISTER, { ...ada });

    expect(lines.filter(({ msg }) => msg === 'migrated')).toHaveLength(migrationsOfEngine.length);
    for (const other of [two, three]) {
      expect(await other.browser({ cookies: browser.cookies }).send(PROFILE)).toMatchObject({
        data: { profile: { email: ada.email } },
      });
    }
  });
});
