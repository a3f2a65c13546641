import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ada, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { fileOf, SqliteDatabase } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { DISK_FULL_CASES, type LimitedFolder } from './support/disk-full.ts';

/** A full disk where the test may mount one: the existing journal has space left, the database file has none. */
const [, createFolder] = DISK_FULL_CASES.at(-1) as [string, () => LimitedFolder];

describe('a disk that is full at the checkpoint of the journal', () => {
  let folder: LimitedFolder;
  let server: TestServer;
  beforeEach(async () => {
    folder = createFolder();
    const database = new SqliteDatabase(join(folder.path, 'test.sqlite'));
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' }, database);
    await server.browser().send(REGISTER, { ...ada });
  });
  afterEach(async () => {
    await server.close();
    folder.remove();
  });

  const journal = () => statSync(`${fileOf(server)}-wal`).size;
  /** SQLite reuses the journal from its start and never shortens it, so this writes until the journal has its full size. */
  const fillJournal = async () => {
    for (let size = -1; size !== journal(); ) {
      size = journal();
      const requestReset = () => server.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
      await Promise.all(Array.from({ length: 20 }, requestReset));
    }
  };

  it('RE-7: loses no acknowledged write', async () => {
    const pid = server.process.pid as number;
    const acknowledged = [ada.email];
    const register = async () => {
      const email = `${randomUUID()}@example.org`;
      const { code } = await server.browser().send(REGISTER, { email, password: ada.password });
      if (!code) acknowledged.push(email);
      return code;
    };
    await fillJournal();
    folder.fill(pid);
    let code: string | undefined;
    while (!code) code = await register();
    expect(code).toBe('UNAVAILABLE');

    folder.free(pid);
    expect(await register()).toBeUndefined();
    expect(await server.signal('SIGTERM')).toBe(0);
    expect(await server.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const kept = (await server.rows('select email from users')).map(({ email }) => email);
    expect(kept.sort()).toEqual(acknowledged.sort());
  });
});
