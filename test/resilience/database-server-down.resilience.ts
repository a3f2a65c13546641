import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ada, PROFILE, REGISTER } from '../support/app.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Crowd } from './support/crowd.ts';
import { LossyProxy } from './support/lossy-proxy.ts';
import { OwnMariadb } from './support/own-servers/own-mariadb.ts';
import { OwnPostgresql } from './support/own-servers/own-postgresql.ts';

const POOL = 4;
const PEOPLE = 6;
const LONGEST_ANSWER = 5000;
const LONGEST_RECOVERY = 5000;

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
  let way: LossyProxy;
  let server: TestServer;
  let crowd: Crowd;
  beforeAll(async () => {
    database = await open();
    way = await LossyProxy.to(database.url);
    server = await startServer({
      DATABASE_URL: way.url,
      BIENVENUE_DATABASE_POOL: `${POOL}`,
      BIENVENUE_RATE_LIMITS: 'off',
    });
    await server.browser().send(REGISTER, { ...ada });
  });
  beforeEach(() => {
    crowd = new Crowd(options => server.browser(options));
    crowd.start(PEOPLE);
  });
  afterEach(() => crowd.stop());
  afterAll(async () => {
    await server.close();
    await way.close();
    await database.close();
  });

  const status = async (path: string) => (await fetch(`${server.url}${path}`)).status;

  /** Until for a while everything was answered as it should be. */
  async function recovery(): Promise<number> {
    const began = performance.now();
    for (;;) {
      crowd.answers = [];
      await sleep(400);
      const took = performance.now() - began;
      if (crowd.answers.length > PEOPLE && crowd.failures === 0) return took;
      if (took > 20_000) throw new Error(`still ${JSON.stringify(crowd.answers.slice(0, 10))}`);
    }
  }

  async function expectNothingLost(): Promise<void> {
    await crowd.stop();
    expect(crowd.wrong).toEqual([]);
    expect(crowd.acknowledged).toBeGreaterThan(10);
    expect(await crowd.lost()).toEqual([]);
    expect(server.process.exitCode).toBeNull();
  }

  async function cutOffAndLose(): Promise<void> {
    for (let times = 0; times < 20; times++) {
      way.cut();
      await sleep(50);
    }
    expect(await recovery()).toBeLessThan(LONGEST_RECOVERY);
    way.lose();
  }

  it('RE-3: restarted at once ten times, is UNAVAILABLE meanwhile, back by itself, and has lost nothing', async () => {
    for (let restart = 0; restart < 10; restart++) {
      expect(await recovery()).toBeLessThan(LONGEST_RECOVERY);
      await database.kill();
      await sleep(300);
      await database.start();
    }
    expect(crowd.slowest).toBeLessThan(LONGEST_ANSWER);
    expect(await recovery()).toBeLessThan(LONGEST_RECOVERY);
    await expectNothingLost();
  });

  it.each([
    { state: 'frozen for twenty seconds', ms: 20_000, begin: () => database.freeze(), end: () => database.thaw() },
    { state: 'cut off, and behind a way that loses everything', ms: 8000, begin: cutOffAndLose, end: () => way.find() },
  ])('RE-3: $state, is UNAVAILABLE within five seconds', async ({ ms, begin, end }) => {
    await recovery();
    await begin();
    await sleep(ms);
    const { slowest, failures } = crowd;
    end();

    expect(failures).toBeGreaterThan(PEOPLE);
    expect(slowest).toBeLessThan(LONGEST_ANSWER);
    expect(await recovery()).toBeLessThan(LONGEST_RECOVERY);
    await expectNothingLost();
  });

  it('RE-4: away, nobody is taken for a visitor, and the process lives', async () => {
    await crowd.stop();
    const browser = server.browser();
    await browser.send(REGISTER, { email: 'eve@example.org', password: 'correct horse battery staple' });
    const cookies = { ...browser.cookies };
    await database.kill();
    const answer = await browser.send(PROFILE);

    expect(answer).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(browser.cookies).toEqual(cookies);
    expect([await status('/livez'), await status('/readyz')]).toEqual([200, 503]);

    await database.start();
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: 'eve@example.org' } } });
    expect(await status('/readyz')).toBe(200);
  });

  it('RE-6: with every connection taken, refuses after three seconds at most, and gives all of them back', async () => {
    await recovery();
    const holder = await database.hold(holdSessions);
    crowd.answers = [];
    await sleep(6000);
    const { slowest, failures } = crowd;
    await holder.release();

    expect(failures).toBeGreaterThan(PEOPLE);
    expect(slowest).toBeLessThan(LONGEST_ANSWER);
    expect(await recovery()).toBeLessThan(LONGEST_RECOVERY);
    await expectNothingLost();
    await abandon(1000);
    expect(await status('/readyz')).toBe(200);
    expect((await database.rows(connections)).length).toBeLessThanOrEqual(POOL);
    expect(await database.rows(idleInTransaction)).toEqual([]);
  });

  it('RE-11: hanging, does not keep the service from ending', async () => {
    await crowd.stop();
    const browser = await signedIn();
    database.freeze();
    const asked = browser.send(PROFILE);
    const began = performance.now();
    const code = await server.signal('SIGTERM');
    const took = performance.now() - began;
    database.thaw();
    await server.start();

    expect((await asked).code).toBe('UNAVAILABLE');
    expect(code).toBe(0);
    expect(took).toBeLessThan(10_000);
  });

  /** Clients that ask who they are and do not wait for the answer. */
  async function abandon(times: number): Promise<void> {
    const { cookies } = await signedIn();
    const headers = { 'content-type': 'application/json', cookie: `session_id=${cookies.session_id}` };
    for (let index = 0; index < times; index++) {
      const abort = new AbortController();
      const asked = fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: PROFILE }),
        signal: abort.signal,
      }).catch(() => {});
      setImmediate(() => abort.abort());
      await asked;
    }
  }

  async function signedIn() {
    const browser = server.browser();
    await browser.send(REGISTER, { email: `${randomUUID()}@example.org`, password: 'correct horse battery staple' });
    return browser;
  }
});
