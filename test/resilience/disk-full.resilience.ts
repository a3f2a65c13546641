import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  ada,
  type Browser,
  LOGIN,
  LOGOUT,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
} from '../support/app.ts';
import { SqliteDatabase } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { DISK_FULL_CASES, type LimitedFolder } from './support/disk-full.ts';
import { times } from './support/scale.ts';
import { sendUntilHandled } from './support/user-journey.ts';

describe.each(DISK_FULL_CASES)('a server whose database cannot grow because %s', (_, createFolder) => {
  let folder: LimitedFolder;
  let server: TestServer;
  let browser: Browser;
  let pid: number;
  beforeAll(async () => {
    folder = createFolder();
    const database = new SqliteDatabase(join(folder.path, 'test.sqlite'));
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' }, database);
    pid = server.process.pid as number;
    browser = server.browser();
    await browser.send(REGISTER, { ...ada });
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
  });

  const emails = async () => (await server.rows('select email from users')).map(({ email }) => email);
  const newToken = async () => {
    await server.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
    for (;;) {
      const mailbox = await server.browser().fetch('/dev/mailbox', { headers: { accept: 'application/json' } });
      const [, token] = /\/reset-password\?token=([\w-]+)/.exec(await mailbox.text()) ?? [];
      if (token) return token;
    }
  };
  const newPassword = 'a password that is new';

  it('RE-7: refuses every write as UNAVAILABLE, serves every read, and needs no restart', async () => {
    const token = await newToken();
    const writes: [string, object][] = [
      [REGISTER, { email: 'new@example.org', password: ada.password }],
      [LOGIN, { ...ada }],
      [REQUEST_PASSWORD_RESET, { email: ada.email }],
      [REQUEST_PASSWORD_RESET, { email: 'nobody@example.org' }],
      [RESET_PASSWORD, { token, newPassword }],
      [LOGOUT, {}],
    ];
    const send = (query: string, variables: object) =>
      server.browser({ cookies: browser.cookies }).send(query, { ...variables });
    const unavailable = { status: 503, code: 'UNAVAILABLE' };

    folder.fill(pid);
    // More attempts than connections in the pool, so that a leaked connection would show.
    for (const round of [1, 2, 3]) {
      for (const [query, variables] of writes) {
        const response = await send(query, variables);
        expect({ round, query, ...response }).toMatchObject({ round, query, ...unavailable });
        expect(response.headers.get('retry-after')).toBe('1');
        expect(response.headers.getSetCookie()).toEqual([]);
      }
      expect(await send(PROFILE, {})).toMatchObject({ data: { profile: { email: ada.email } } });
      for (const path of ['/livez', '/readyz']) expect((await browser.fetch(path)).status).toBe(200);
    }

    folder.free(pid);
    for (const [query, variables] of writes) expect((await send(query, variables)).errors).toBeUndefined();
    expect(server.process).toMatchObject({ pid, exitCode: null, signalCode: null });
    expect(await emails()).toEqual([ada.email, 'new@example.org']);
  });

  it('RE-7: keeps every acknowledged write and none that it refused, and the file stays intact', async () => {
    const acknowledged = await emails();
    const refused: string[] = [];
    const client = async (until: () => boolean) => {
      while (!until()) {
        const email = `${randomUUID()}@example.org`;
        const { code, errors } = await sendUntilHandled(server.browser(), REGISTER, { email, password: ada.password });
        if (errors) expect(code).toBe('UNAVAILABLE');
        (errors ? refused : acknowledged).push(email);
        if (acknowledged.length === 10 && refused.length === 0) folder.fill(pid);
      }
    };
    const crowd = (until: () => boolean) => Promise.all([1, 2, 3, 4].map(() => client(until)));

    await crowd(() => refused.length >= times(20, 8));
    expect(await server.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    folder.free(pid);
    const before = { acknowledged: acknowledged.length, refused: refused.length };
    await crowd(() => acknowledged.length >= before.acknowledged + times(10, 4));

    expect(refused).toHaveLength(before.refused);
    expect((await emails()).sort()).toEqual(acknowledged.sort());
    expect(await server.signal('SIGTERM')).toBe(0);
    expect(await server.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect((await emails()).sort()).toEqual(acknowledged.sort());
  });
});
