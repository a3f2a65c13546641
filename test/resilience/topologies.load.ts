import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { buildSchema } from '../../src/graphql/schema.ts';
import { ada, Browser, bob, LOGIN, LOGOUT, PROFILE, REGISTER, RESET_PASSWORD } from '../support/app.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Crowd } from './support/crowd.ts';
import { OwnPostgresql } from './support/own-servers/own-postgresql.ts';
import { Topology } from './support/topology.ts';

const PEOPLE = 6;
const SETTINGS = { BIENVENUE_RATE_LIMITS: 'off', BIENVENUE_EXPOSE_RESET_TOKEN: 'on' };

/** Resolves after two seconds without a refused request. */
async function untilCalm(crowd: Crowd): Promise<void> {
  const latest = performance.now() + 60_000;
  do {
    if (performance.now() > latest) throw new Error(`still ${JSON.stringify(crowd.responses.slice(0, 10))}`);
    crowd.responses = [];
    await sleep(2000);
  } while (crowd.failures > 0 || crowd.responses.length < PEOPLE);
}

describe('a multi-primary cluster of three MariaDB nodes', () => {
  const galera = new Topology('galera');
  let one: TestServer;
  let two: TestServer;
  beforeAll(async () => {
    await galera.run('up');
    const urls = await galera.urls();
    // Two services start concurrently on two nodes of a new database.
    [one, two] = (await Promise.all(
      ['proxy', 'node2'].map(name => startServer({ ...SETTINGS, DATABASE_URL: urls.get(name) })),
    )) as [TestServer, TestServer];
  });
  afterAll(async () => {
    await one?.close();
    await two?.close();
    await galera.run('down');
  });

  /** The same user on the other service. */
  const at = (server: TestServer, { cookies }: Browser) => server.browser({ cookies });
  const fifty = <T>(send: (browser: Browser, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, index) => send((index % 2 ? one : two).browser(), index)));
  const codesOf = (responses: { code?: string }[]) => new Set(responses.map(({ code }) => code ?? 'done'));

  it('SE-4: reads at each node what was written at another, from the next request on', async () => {
    await one.browser().send(REGISTER, { ...ada });
    for (let times = 0; times < 30; times++) {
      const browser = one.browser();
      await browser.send(LOGIN, { ...ada });
      expect((await at(two, browser).send(PROFILE)).data.profile.email).toBe(ada.email);
      await at(two, browser).send(LOGOUT);
      expect((await browser.send(PROFILE)).data.profile).toBeNull();
    }
  });

  it('ID-5: creates one account when fifty clients register the same address at two nodes concurrently', async () => {
    const responses = await fifty((browser, index) =>
      browser.send(REGISTER, { email: 'eve@example.org', password: `a password of attempt ${index}` }),
    );

    expect(responses.filter(({ data }) => data?.register)).toHaveLength(1);
    expect(codesOf(responses.filter(({ code }) => code !== 'BUSY'))).toEqual(new Set(['done', 'EMAIL_TAKEN']));
  });

  it('RS-2: accepts a token once when fifty clients use it at two nodes concurrently', async () => {
    const form = await one.browser().form('POST', '/reset_password', { email: ada.email });
    const { reset_token: token } = (await form.json()) as { reset_token: string };

    const responses = await fifty((browser, index) =>
      browser.send(RESET_PASSWORD, { token, newPassword: `a password of attempt ${index}` }),
    );

    expect(responses.filter(({ data }) => data?.resetPassword)).toHaveLength(1);
    // A later request at the other node receives UNAVAILABLE first, and TOKEN_INVALID once the token is consumed there.
    const others = ['TOKEN_INVALID', 'UNAVAILABLE', 'BUSY'];
    expect(responses.filter(({ code }) => code && !others.includes(code))).toEqual([]);
  });

  it('SE-4: applies a logout at once even when a node lags behind', async () => {
    const writer = await mysql.createConnection({ uri: (await galera.urls()).get('node1') });
    await writer.query('create table bulk (id int auto_increment primary key, filling varchar(200))');
    const browser = one.browser();
    await browser.send(REGISTER, { email: 'late@example.org', password: 'correct horse battery staple' });
    const elsewhere = at(two, browser);

    // Later reads on the other nodes wait until this write set is applied there.
    await writer.query(`insert into bulk (filling) select repeat('x', 200) from seq_1_to_100000`);
    await browser.send(LOGOUT);
    const { data, code } = await elsewhere.send(PROFILE);
    await writer.query('drop table bulk');
    await writer.end();

    expect({ data, code }).toEqual({ data: { profile: null }, code: undefined });
  });

  it('RE-1, RE-3: loses no acknowledged write and keeps serving when one node is killed under load', async () => {
    let turn = 0;
    const crowd = new Crowd(options => (turn++ % 2 ? one : two).browser(options));
    crowd.start(PEOPLE);
    await untilCalm(crowd);
    for (const node of ['1', '3']) {
      await galera.run('kill', node);
      await untilCalm(crowd);
      await galera.run('start', node);
      await untilCalm(crowd);
    }
    await crowd.stop();

    expect(crowd.wrong).toEqual([]);
    expect(crowd.acknowledged).toBeGreaterThan(50);
    expect(await crowd.lost()).toEqual([]);
  });
});

describe('a PostgreSQL primary with a synchronous standby', () => {
  const pair = new Topology('postgresql-pair');
  let servers: TestServer[] = [];
  beforeAll(async () => {
    await pair.run('up');
    const [url] = (await pair.urls()).values();
    servers = await Promise.all([0, 1].map(() => startServer({ ...SETTINGS, DATABASE_URL: url })));
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    await pair.run('down');
  });

  it('RE-1, RE-3: killed twice under load: the standby takes over and no acknowledged write is lost', async () => {
    let turn = 0;
    const crowd = new Crowd(options => (servers[turn++ % 2] as TestServer).browser(options));
    crowd.start(PEOPLE);
    await untilCalm(crowd);
    for (let times = 0; times < 2; times++) {
      await pair.run('kill', 'primary');
      await untilCalm(crowd);
      await pair.run('start');
      await untilCalm(crowd);
    }
    await crowd.stop();

    expect(crowd.wrong).toEqual([]);
    expect(crowd.acknowledged).toBeGreaterThan(50);
    expect(await crowd.lost()).toEqual([]);
    expect(servers.map(({ process }) => process.exitCode)).toEqual([null, null]);
  });
});

describe('two replicas on PostgreSQL, behind haproxy', () => {
  const REQUESTS = 10_000;
  let database: OwnPostgresql;
  let replicas: Topology;
  beforeAll(async () => {
    database = await new OwnPostgresql().open();
    replicas = new Topology('replicas', { ...SETTINGS, DATABASE_URL: database.url, BIENVENUE_BCRYPT_COST: '10' });
    await replicas.run('up');
  });
  afterAll(async () => {
    await replicas?.run('down');
    await database?.close();
  });

  it('RE-11: restarted in turn repeatedly, complete all of ten thousand requests', async () => {
    const schema = await buildSchema();
    const browser = () => new Browser(`http://localhost:${replicas.port + 2}`, schema);
    const reader = browser();
    await reader.send(REGISTER, { ...ada });
    await browser().send(REGISTER, { ...bob });
    const failed: unknown[] = [];
    let responses = 0;
    let rounds = 0;
    let rolling = true;
    const send = async (request: Promise<{ data?: unknown }>, expected: object) => {
      const response = await request.catch(error => ({ error: String(error), data: undefined }));
      responses += 1;
      try {
        expect(response.data).toMatchObject(expected);
      } catch {
        failed.push(response);
      }
    };
    const isEnough = () => responses >= REQUESTS && !rolling;
    const read = async () => {
      while (!isEnough()) await send(reader.send(PROFILE), { profile: { email: ada.email } });
    };
    const logInAndOut = async () => {
      while (!isEnough()) {
        const visitor = browser();
        await send(visitor.send(LOGIN, { email: bob.email, password: bob.password }), { login: { user: {} } });
        await send(visitor.send(LOGOUT), { logout: true });
      }
    };
    const rollingRestart = async () => {
      for (; responses < REQUESTS; rounds++) await replicas.run('roll');
      rolling = false;
    };
    await Promise.all([rollingRestart(), logInAndOut(), ...Array.from({ length: 8 }, read)]);

    expect(failed).toEqual([]);
    expect(responses).toBeGreaterThanOrEqual(REQUESTS);
    expect(rounds).toBeGreaterThan(0);
  });
});
