import { once } from 'node:events';
import { Agent } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import type { DevMail } from '../../src/mail/dev-mailbox.ts';
import type { Environment } from '../../src/options/environment.ts';
import { ada, bob, LOGIN, LOGOUT, PROFILE, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { runProcess } from '../support/commands.ts';
import { Folder } from '../support/folder.ts';
import { HeldRequest } from '../support/partial-requests.ts';
import { request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Workers } from './support/workers.ts';

/** One connection per request. */
const ONCE = { connection: 'close' };

const cookieOf = (cookies: Record<string, string>) => `session_id=${cookies.session_id}`;

let server: TestServer;
let workers: Workers;
const start = async (count = '2', env: Environment = {}) => {
  server = await startServer({ BIENVENUE_WORKERS: count, BIENVENUE_RATE_LIMITS: 'off', LOG_LEVEL: 'debug', ...env });
  workers = new Workers(server);
};
const login = () => new HeldRequest(server.url, LOGIN, { email: ada.email, password: ada.password });

describe('several workers, as one server', () => {
  beforeAll(async () => {
    await start('2', { DATABASE_URL: 'sqlite:new.sqlite' });
    for (const person of [ada, bob]) await server.browser().send(REGISTER, { ...person });
  });
  afterAll(() => server.close());

  const kill = async (worker: number) => {
    const lost = server.nextLog('worker crashed');
    const replaced = server.nextLog('worker ready');
    process.kill(workers.pid(worker), 'SIGKILL');
    expect(await lost).toMatchObject({ level: 'error', worker, pid: workers.pid(worker), signal: 'SIGKILL' });
    expect(await replaced).toMatchObject({ worker });
  };
  /** Of the mails with reset links: every registration sends another one. */
  const addressesInMailbox = async () =>
    [...(await workers.requestEach('/dev/mailbox')).values()].map(({ json }) =>
      (json as DevMail[]).filter(({ text }) => text.includes('/reset-password?')).map(({ to }) => to),
    );
  /** The mail is sent after the response and is then shared between the workers. */
  const mailboxesOf = async (...addresses: string[]) => {
    let shown = await addressesInMailbox();
    while (shown.some(list => list.length < addresses.length)) shown = await addressesInMailbox();
    expect(shown).toEqual(Array.from(shown, () => addresses));
  };

  it('OP-2: log one address first, migrate once, and all serve requests at that address', async () => {
    const { url } = server;
    const lines = server.lines.filter(({ msg }) => msg !== 'request completed' && msg !== 'mail sent');

    expect(lines[0]).toMatchObject({ level: 'info', msg: 'listening', url });
    // Each process buffers its lines, so those of several may be out of order.
    expect(
      lines
        .slice(1)
        .map(({ msg }) => msg)
        .toSorted(),
    ).toEqual([...migrations.map(() => 'migrated'), 'ready', 'worker ready', 'worker ready']);
    expect(lines.find(({ msg }) => msg === 'ready')).toMatchObject({ url: url.replace('127.0.0.1', 'localhost') });
    expect(new Set(workers.pids.values()).size).toBe(2);
    expect([...(await workers.requestEach('/readyz')).keys()].toSorted()).toEqual([1, 2]);
    expect(server.stderr).toBe('');
  });

  it('SE-3: recognize a session that another worker created, and its end', async () => {
    const browser = server.browser();
    await browser.send(LOGIN, { email: ada.email, password: ada.password });
    const cookie = cookieOf(browser.cookies);
    const profiles = async () => {
      const path = `/graphql?query=${encodeURIComponent(PROFILE)}`;
      const responses = await workers.requestEach(path, { cookie, 'content-type': 'application/json' });
      return [...responses.values()].map(({ json }) => json.data.profile?.email ?? null);
    };

    expect(await profiles()).toEqual([ada.email, ada.email]);
    await browser.send(LOGOUT);
    expect(await profiles()).toEqual([null, null]);
  });

  it('rebalance a burst of connections that one of them accepted, without losing a request', async () => {
    const CONNECTIONS = 16;
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const sendOne = () => request(server.url, { path: '/livez', agent });
    const requestOnAll = async () => {
      const responses = await Promise.all(Array.from({ length: CONNECTIONS }, sendOne));
      expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
      const servedBy: number[] = [];
      for (const response of responses) servedBy.push(await workers.workerOf(response));
      return servedBy;
    };
    process.kill(workers.pid(2), 'SIGSTOP');
    expect(new Set(await requestOnAll())).toEqual(new Set([1]));
    process.kill(workers.pid(2), 'SIGCONT');

    let byOne = CONNECTIONS;
    while (Math.abs(byOne - CONNECTIONS / 2) > 1) byOne = (await requestOnAll()).filter(worker => worker === 1).length;

    agent.destroy();
  });

  it('show all mails of all workers, including later ones', async () => {
    await server.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
    await mailboxesOf(ada.email);
    await server.browser().send(REQUEST_PASSWORD_RESET, { email: bob.email });
    await mailboxesOf(bob.email, ada.email);

    await kill(1);

    await mailboxesOf(bob.email, ada.email);
  });

  it('keep serving while one is killed and replaced, even with a connection being handed to it', async () => {
    const before = workers.pids;
    process.kill(workers.pid(2), 'SIGSTOP');
    const pending = Array.from({ length: 4 }, () => request(server.url, { path: '/livez', headers: ONCE }));
    const responses = new Set<unknown>();
    // The connection that is lost with the kill fails later.
    await new Promise<void>((resolve, reject) => {
      for (const each of pending) void each.then(response => responses.add(response).size === 3 && resolve(), reject);
    });
    await kill(2);

    expect(workers.pids.get(1)).toBe(before.get(1));
    expect(workers.pids.get(2)).not.toBe(before.get(2));
    expect([...(await workers.requestEach('/readyz')).values()].map(({ status }) => status)).toEqual([200, 200]);
    expect(server.lines.filter(({ msg }) => msg === 'ready')).toHaveLength(1);
  });

  it('restart at the same address when all are killed at once', async () => {
    const [one, two] = [workers.pid(1), workers.pid(2)];
    const lost = [server.nextLog('worker crashed')];
    for (const pid of [one, two]) process.kill(pid, 'SIGKILL');
    await Promise.all(lost);
    while ([one, two].some(pid => [...workers.pids.values()].includes(pid))) await server.nextLog('worker ready');

    expect((await workers.requestEach('/readyz')).size).toBe(2);
  });

  it('are replaced one by one when they receive a stop signal, and complete the requests in flight', async () => {
    const held = [login(), login()];
    await Promise.all(held.map(({ begun }) => begun));
    const errors = server.lines.filter(({ level }) => level === 'error').length;
    const stopped = server.nextLog('worker stopped');
    const replaced = server.nextLog('worker ready');

    process.kill(workers.pid(1), 'SIGTERM');

    for (const { status } of await Promise.all(held.map(each => each.finish()))) expect(status).toBe(200);
    expect(await stopped).toMatchObject({ level: 'info', worker: 1 });
    expect(await replaced).toMatchObject({ worker: 1 });
    expect(server.lines.filter(({ level }) => level === 'error')).toHaveLength(errors);
  });
});

describe('several workers that receive a stop signal', () => {
  afterEach(() => server.close());

  it('are as many as there are cores with BIENVENUE_WORKERS=auto', async () => {
    await start('auto');

    expect(workers.pids.size).toBe(availableParallelism() > 1 ? availableParallelism() : 0);
    expect(await server.signal('SIGTERM')).toBe(0);
  });

  it.each([
    ['the first process', false],
    ['all processes, as Ctrl-C does', true],
  ])('RE-11: shut down gracefully when a signal reaches %s', async (_, all) => {
    await start();
    await server.browser().send(REGISTER, { ...ada });
    const held = [login(), login()];
    await Promise.all(held.map(({ begun }) => begun));
    const stopping = server.nextLog('stopping');

    const exit = server.signal('SIGINT');
    if (all) for (const pid of workers.pids.values()) process.kill(pid, 'SIGINT');
    expect(await stopping).toMatchObject({ signal: 'SIGINT' });
    for (const { status } of await Promise.all(held.map(each => each.finish()))) expect(status).toBe(200);

    expect(await exit).toBe(0);
    const messages = server.lines.map(({ msg }) => msg);
    expect(messages.filter(msg => msg === 'request completed')).toHaveLength(1 + held.length);
    expect(messages.at(-1)).toBe('stopped');
    expect(server.stderr).toBe('');
  });

  it('RE-11: exit at once on the second signal to the primary process', async () => {
    await start();
    const held = login();
    await held.begun;
    const stopping = server.nextLog('stopping');
    const exit = server.signal('SIGTERM');
    await stopping;

    server.process.kill('SIGINT');

    expect(await exit).toBe(1);
    await expect(held.finish()).rejects.toThrow();
  });

  it('RE-11: complete the requests in flight, exit and release the port when the primary process is killed', async () => {
    await start();
    await server.browser().send(REGISTER, { ...ada });
    const held = login();
    await held.begun;
    // Resolves when neither the primary process nor a worker holds the log open.
    const exited = server.signal('SIGKILL');
    await once(server.process, 'exit');

    expect(await held.finish()).toMatchObject({ status: 200 });
    await exited;
    const other = createServer().listen(Number(new URL(server.url).port), '127.0.0.1');
    await once(other, 'listening');
    other.close();
  });
});

describe('several workers that cannot start', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());

  const refused = async (env: Record<string, string>) => {
    const [single, several] = await Promise.all(
      ['1', '3'].map(count => runProcess(['serve'], { ...env, BIENVENUE_WORKERS: count }, folder.path)),
    );
    expect(several).toMatchObject({ code: 1, stderr: single?.stderr });
    expect(several?.stderr.trimEnd().split('\n')).toHaveLength(1);
    return several;
  };

  it('OP-1: exit within five seconds with invalid settings', async () => {
    const started = performance.now();

    expect(await runProcess(['serve'], { PORT: 'canary' }, folder.path)).toMatchObject({ code: 1 });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('OP-1: log the same error as a single process, once, and exit: the database', async () => {
    folder.write('none.sqlite', 'no database at all, but long enough to be looked at as one\n'.repeat(20));
    const several = await refused({ PORT: '0', DATABASE_URL: 'sqlite:none.sqlite' });

    expect(several?.stderr).toMatch(/^bienvenue: DATABASE_URL: /);
    expect(several?.stdout.trimEnd().split('\n')).toEqual([expect.stringContaining('"listening"')]);
  });

  it.each(['127.0.0.1', 'localhost'])(
    'OP-1: log the same error as a single process, once, and exit: the port of %s',
    async host => {
      const other = createServer().listen(0, host);
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;

      const several = await refused({ HOST: host, PORT: String(port) });

      other.close();
      expect(several?.stderr).toMatch(/^bienvenue: PORT: .*in use/);
      expect(several?.stdout).toBe('');
    },
  );
});
