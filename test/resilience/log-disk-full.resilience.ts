import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { SqliteDatabase } from '../support/databases/sqlite.ts';
import { Folder, freePort } from '../support/folder.ts';
import { TestServer } from '../support/server.ts';
import { DISK_FULL_CASES, type LimitedFolder } from './support/disk-full.ts';

describe.each(DISK_FULL_CASES)('a server that cannot write its log because %s', (_, createFolder) => {
  let logFolder: LimitedFolder;
  let folder: Folder;
  let server: TestServer;
  let pid: number;
  beforeAll(async () => {
    logFolder = createFolder();
    folder = new Folder();
    server = await startLoggingTo(join(logFolder.path, 'log'), folder);
    pid = server.process.pid as number;
  });
  afterAll(async () => {
    await server.close();
    logFolder.remove();
  });

  const log = () => readFileSync(join(logFolder.path, 'log'), 'utf8');
  const loggedRequests = () => log().match(/"msg":"request completed"/g)?.length ?? 0;
  const sendRequests = async (times: number) => {
    for (let time = 0; time < times; time++) expect((await server.browser().fetch('/livez')).status).toBe(200);
  };

  it('RE-7: keeps responding, and resumes logging once there is space', async () => {
    const browser = server.browser();
    await browser.send(REGISTER, { ...ada });
    logFolder.fill(pid);
    await sendRequests(50);
    // The file size limit applies to the database as well, so these requests only read.
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });

    const before = loggedRequests();
    logFolder.free(pid);
    while (loggedRequests() < before + 50) {
      await sendRequests(1);
      await sleep(20);
    }

    for (const line of log().trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(server.process).toMatchObject({ pid, exitCode: null, signalCode: null });
  });

  it('RE-7: exits with 0 on SIGTERM, without its last log lines', async () => {
    logFolder.fill(pid);
    // More lines than fit into the page that is already allocated.
    await sendRequests(50);

    expect(await server.signal('SIGTERM')).toBe(0);
  });
});

/** The built server with its stdout in a file. */
async function startLoggingTo(file: string, folder: Folder): Promise<TestServer> {
  const port = await freePort();
  const database = new SqliteDatabase(join(folder.path, 'test.sqlite'));
  // Health checks are logged at this level.
  const env = { PATH: process.env.PATH, PORT: String(port), DATABASE_URL: database.url, LOG_LEVEL: 'debug' };
  const server = new TestServer(env, folder.path, { database, keep: true });
  const stdout = openSync(file, 'a');
  const command = [join(process.cwd(), 'dist/src/cli/bienvenue.js'), 'serve'];
  server.process = spawn(process.execPath, command, { env, cwd: folder.path, stdio: ['ignore', stdout, 'pipe'] });
  closeSync(stdout);
  server.url = `http://127.0.0.1:${port}`;
  while (server.process.exitCode === null && !readFileSync(file, 'utf8').includes('"msg":"ready"')) await sleep(50);
  return server;
}
