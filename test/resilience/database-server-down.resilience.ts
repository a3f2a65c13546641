import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { Crowd } from './support/crowd.ts';
import { LossyProxy } from './support/lossy-proxy.ts';
import { OwnMariadb } from './support/own-servers/own-mariadb.ts';
import { OwnPostgresql } from './support/own-servers/own-postgresql.ts';
import { atLeast, times, within } from './support/scale.ts';

const POOL = 4;
const PEOPLE = 6;
const MAX_RESPONSE_MS = within(5000);
const MAX_RECOVERY_MS = within(5000);

const ENGINES = [
  {
    title: 'PostgreSQL',
    open: () => new OwnPostgresql().open(),
    connections: `select pid, state from pg_stat_activity where application_name = 'bienvenue'`,
    idleInTransaction: `select pid from pg_stat_activity where state like 'idle in transaction%'`,
    holdSessions: ['begin', 'lock table sessions in access exclusive mode'],
  },
  {
    title: 'MariaDB',
    open: () => new OwnMariadb().open(),
    connections: `select id from information_schema.processlist where db = 'accounts' and id <> connection_id()`,
    idleInTransaction: `select trx_id from information_schema.innodb_trx where trx_started < now() - interval 5 second`,
    holdSessions: ['lock table sessions write'],
  },
];

describe.each(ENGINES)('$title under load', ({ open, connections, idleInTransaction, holdSessions }) => {
  let database: OwnPostgresql | OwnMariadb;
  let proxy: LossyProxy;
  let server: TestServer;
  let crowd: Crowd;
  beforeAll(async () => {
    database = await open();
    proxy = await LossyProxy.to(database.url);
    server = await startServer({
      DATABASE_URL: proxy.url,
      BIENVENUE_DATABASE_POOL: `${POOL}`,
      BIENVENUE_RATE_LIMITS: 'off',
    });
    await server.browser().send(REGISTER, { ...ada });
  });
  afterAll(async () => {
    await server.close();
    await proxy.close();
    await database.close();
  });

  const status = async (path: string) => (await fetch(`${server.url}${path}`)).status;

  /** Resolves once several requests of each user have succeeded in a row. */
  async function recovery(): Promise<number> {
    const began = performance.now();
    crowd.responses = [];
    await until(() => {
      if (crowd.failures > 0) crowd.responses = [];
      return crowd.responses.length >= 5 * PEOPLE;
    });
    return performance.now() - began;
  }

  async function expectNothingLost(): Promise<void> {
    await crowd.stop();
    expect(crowd.wrong).toEqual([]);
    expect(crowd.acknowledged).toBeGreaterThanOrEqual(atLeast(10));
    expect(await crowd.lost()).toEqual([]);
    expect(server.process.exitCode).toBeNull();
  }

  async function cutOffAndLose(): Promise<void> {
    for (let cut = 0; cut < times(20, 8); cut++) {
      proxy.cut();
      await sleep(50);
    }
    expect(await recovery()).toBeLessThan(MAX_RECOVERY_MS);
    proxy.startDropping();
  }

  describe('with concurrent users', () => {
    beforeEach(() => {
      crowd = new Crowd(options => server.browser(options));
      crowd.start(PEOPLE);
    });
    afterEach(() => crowd.stop());

    it('RE-3: killed and restarted repeatedly: the service responds UNAVAILABLE, recovers and loses no acknowledged write', async () => {
      for (let restart = 0; restart < times(10, 2); restart++) {
        expect(await recovery()).toBeLessThan(MAX_RECOVERY_MS);
        await database.kill();
        await refusals();
        await database.start();
      }
      expect(crowd.slowest).toBeLessThan(MAX_RESPONSE_MS);
      expect(await recovery()).toBeLessThan(MAX_RECOVERY_MS);
      await expectNothingLost();
    });

    /** Waits for this long, and until this many requests have been refused. */
    async function refusals(ms = 0, count = PEOPLE): Promise<void> {
      await sleep(ms);
      await until(() => crowd.failures >= count);
    }

    it.each([
      {
        state: 'frozen',
        ms: times(20_000, 0),
        count: PEOPLE,
        begin: () => database.freeze(),
        end: () => database.thaw(),
      },
      {
        state: 'cut off, behind a network that loses every packet',
        ms: times(8000, 0),
        // First on the connections of the pool, and then on new ones.
        count: 2 * PEOPLE,
        begin: cutOffAndLose,
        end: () => proxy.stopDropping(),
      },
    ])('RE-3: $state: the service responds UNAVAILABLE and recovers', async ({ ms, count, begin, end }) => {
      await recovery();
      await begin();
      await refusals(ms, count);
      const { slowest } = crowd;
      end();

      expect(slowest).toBeLessThan(MAX_RESPONSE_MS);
      expect(await recovery()).toBeLessThan(MAX_RECOVERY_MS);
      await expectNothingLost();
    });

    it('RE-6: every connection blocked: the service refuses requests and releases all connections afterwards', async () => {
      await recovery();
      const holder = await database.hold(holdSessions);
      crowd.responses = [];
      await refusals(times(6000, 0));
      const { slowest } = crowd;
      await holder.release();

      expect(slowest).toBeLessThan(MAX_RESPONSE_MS);
      expect(await recovery()).toBeLessThan(MAX_RECOVERY_MS);
      await expectNothingLost();
      await abandon(times(1000, 50));
      expect(await status('/readyz')).toBe(200);
      expect((await database.rows(connections)).length).toBeLessThanOrEqual(POOL);
      expect(await database.rows(idleInTransaction)).toEqual([]);
    });
  });

  it('RE-4: down: no signed-in user is treated as anonymous, and the process stays up', async () => {
    const browser = server.browser();
    await browser.send(REGISTER, { email: 'eve@example.org', password: 'correct horse battery staple' });
    const cookies = { ...browser.cookies };
    await database.kill();
    const response = await browser.send(PROFILE);

    expect(response).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(browser.cookies).toEqual(cookies);
    expect([await status('/livez'), await status('/readyz')]).toEqual([200, 503]);

    await database.start();
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: 'eve@example.org' } } });
    expect(await status('/readyz')).toBe(200);
  });

  it('RE-11: hanging: the service still shuts down', async () => {
    const browser = await signedIn();
    database.freeze();
    const pending = browser.send(PROFILE);
    const began = performance.now();
    const code = await server.signal('SIGTERM');
    const took = performance.now() - began;
    database.thaw();

    expect((await pending).code).toBe('UNAVAILABLE');
    expect(code).toBe(0);
    expect(took).toBeLessThan(within(10_000));
  });

  /** Clients that abort their request before the response. */
  async function abandon(count: number): Promise<void> {
    const { cookies } = await signedIn();
    const headers = { 'content-type': 'application/json', cookie: `session_id=${cookies.session_id}` };
    for (let index = 0; index < count; index++) {
      const abort = new AbortController();
      const pending = fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: PROFILE }),
        signal: abort.signal,
      }).catch(() => {});
      setImmediate(() => abort.abort());
      await pending;
    }
  }

  async function signedIn() {
    const browser = server.browser();
    await browser.send(REGISTER, { email: `${randomUUID()}@example.org`, password: 'correct horse battery staple' });
    return browser;
  }
});
