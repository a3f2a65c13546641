import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ada, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { fileOf, SqliteDatabase } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type Room, WAYS_TO_HAVE_NO_ROOM } from './support/no-room.ts';

/** A full disk if it may be mounted: there is room in the existing journal, and none in the database file. */
const [, makeRoom] = WAYS_TO_HAVE_NO_ROOM.at(-1) as [string, () => Room];

describe('a full disk when the journal is to be copied into the database file', () => {
  let room: Room;
  let server: TestServer;
  beforeEach(async () => {
    room = makeRoom();
    const database = new SqliteDatabase(join(room.path, 'test.sqlite'));
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' }, database);
    await server.browser().send(REGISTER, { ...ada });
  });
  afterEach(async () => {
    await server.close();
    room.remove();
  });

  const journal = () => statSync(`${fileOf(server)}-wal`).size;
  /** SQLite reuses the journal from its start and never shortens it: writes until it has reached its size. */
  const fillJournal = async () => {
    for (let size = -1; size !== journal(); ) {
      size = journal();
      const ask = () => server.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
      await Promise.all(Array.from({ length: 20 }, ask));
    }
  };

  it('RE-7: loses nothing that was acknowledged', async () => {
    const pid = server.process.pid as number;
    const acknowledged = [ada.email];
    const register = async () => {
      const email = `${randomUUID()}@example.org`;
      const { code } = await server.browser().send(REGISTER, { email, password: ada.password });
      if (!code) acknowledged.push(email);
      return code;
    };
    await fillJournal();
    room.end(pid);
    let code: string | undefined;
    while (!code) code = await register();
    expect(code).toBe('UNAVAILABLE');

    room.giveBack(pid);
    expect(await register()).toBeUndefined();
    expect(await server.signal('SIGTERM')).toBe(0);
    expect(await server.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const kept = (await server.rows('select email from users')).map(({ email }) => email);
    expect(kept.sort()).toEqual(acknowledged.sort());
  });
});
