import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { SqliteDatabase } from '../support/databases/sqlite.ts';
import { Folder, freePort } from '../support/folder.ts';
import { TestServer } from '../support/server.ts';
import { type Room, WAYS_TO_HAVE_NO_ROOM } from './support/no-room.ts';

describe.each(WAYS_TO_HAVE_NO_ROOM)('a server that cannot write its log because %s', (_, makeRoom) => {
  let room: Room;
  let folder: Folder;
  let server: TestServer;
  let pid: number;
  beforeEach(async () => {
    room = makeRoom();
    folder = new Folder();
    server = await startLoggingTo(join(room.path, 'log'), folder);
    pid = server.process.pid as number;
  });
  afterEach(async () => {
    await server.close();
    room.remove();
  });

  const log = () => readFileSync(join(room.path, 'log'), 'utf8');
  const answered = () => log().match(/"msg":"request completed"/g)?.length ?? 0;
  const knock = async (times: number) => {
    for (let time = 0; time < times; time++) expect((await server.browser().fetch('/livez')).status).toBe(200);
  };

  it('RE-7: keeps responding, and logs again once there is room', async () => {
    const browser = server.browser();
    await browser.send(REGISTER, { ...ada });
    room.end(pid);
    await knock(50);
    // A file size limit applies to the database as well, so this only reads.
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });

    const before = answered();
    room.giveBack(pid);
    while (answered() < before + 50) {
      await knock(1);
      await sleep(20);
    }

    for (const line of log().trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(server.process).toMatchObject({ pid, exitCode: null, signalCode: null });
  });

  it('RE-7: exits with 0 on SIGTERM, without its last log lines', async () => {
    room.end(pid);
    // More than fits into the page that is already allocated.
    await knock(50);

    expect(await server.signal('SIGTERM')).toBe(0);
  });
});

/** The built server with its stdout in a file. */
async function startLoggingTo(file: string, folder: Folder): Promise<TestServer> {
  const port = await freePort();
  const database = new SqliteDatabase(join(folder.path, 'test.sqlite'));
  const env = { PATH: process.env.PATH, PORT: String(port), DATABASE_URL: database.url };
  const server = new TestServer(env, folder.path, { database, keep: true });
  const stdout = openSync(file, 'a');
  const command = [join(process.cwd(), 'dist/src/cli/bienvenue.js'), 'serve'];
  server.process = spawn(process.execPath, command, { env, cwd: folder.path, stdio: ['ignore', stdout, 'pipe'] });
  closeSync(stdout);
  server.url = `http://127.0.0.1:${port}`;
  while (server.process.exitCode === null && !readFileSync(file, 'utf8').includes('"msg":"ready"')) await sleep(50);
  return server;
}
