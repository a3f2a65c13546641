import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { ada, type Browser, bob, LOGIN, PROFILE, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import type { GraphQLResponse } from '../support/browser.ts';
import { fileOf } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { atLeast, times, within } from './support/scale.ts';

/** A response and how long it took. */
interface Timed {
  kind: string;
  code?: string;
  status: number;
  wait: number;
}

describe('a database that fails under load', () => {
  let server: TestServer;
  let browser: Browser;
  let loading: boolean;
  let running: Promise<unknown>;
  const responses: Timed[] = [];
  beforeAll(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    browser = server.browser();
    await browser.send(REGISTER, { ...ada });
    // Logins use a second account: ada's fifty-first session would end her first one.
    await server.browser().send(REGISTER, { ...bob });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    responses.length = 0;
    loading = true;
    running = Promise.all([
      load('read', () => browser.send(PROFILE)),
      load('login', () => server.browser().send(LOGIN, { email: bob.email, password: bob.password })),
      load('write', () => server.browser().send(REQUEST_PASSWORD_RESET, { email: `${randomUUID()}@example.org` })),
    ]);
  });
  afterEach(async () => {
    loading = false;
    await running;
  });

  async function load(kind: string, send: () => Promise<GraphQLResponse>): Promise<void> {
    while (loading) {
      const began = performance.now();
      const { status, code } = await send();
      responses.push({ kind, code, status, wait: performance.now() - began });
      await sleep(5);
    }
  }

  /** Resolves when every kind of request succeeds again. */
  async function recovery(): Promise<number> {
    const began = performance.now();
    await until(async () => {
      responses.length = 0;
      await sleep(250);
      return failures().length === 0 && new Set(responses.map(({ kind }) => kind)).size === 3;
    });
    return performance.now() - began;
  }

  /** Waits for this long, and until a request has been refused, or one of each of these kinds. */
  async function refusals(ms: number, kinds: string[] = []): Promise<void> {
    await sleep(ms);
    const refused = (kind: string) => failures().some(response => response.kind === kind);
    await until(() => failures().length > 0 && kinds.every(refused));
  }

  const failures = () => responses.filter(({ code }) => code !== undefined);

  it('RE-3: responds UNAVAILABLE during each outage and recovers without a restart', async () => {
    const { pid } = server.process;
    for (let outage = 0; outage < times(10, 2); outage++) {
      await recovery();
      await server.database.takeDown();
      await refusals(times(400, 0));
      expect(new Set(failures().map(({ code, status }) => `${status} ${code}`))).toEqual(new Set(['503 UNAVAILABLE']));
      expect(Math.max(...responses.map(({ wait }) => wait))).toBeLessThan(within(5000));
      await server.database.bringUp();
      expect(await recovery()).toBeLessThan(within(5000));
    }
    expect([server.process.pid, server.process.exitCode]).toEqual([pid, null]);
    expect((await browser.send(PROFILE)).data.profile.email).toBe(ada.email);
  });

  it('RE-3: refuses writes and still serves reads while another program holds the write lock', async () => {
    await recovery();
    const other = new SQLite(fileOf(server));
    other.exec('begin immediate');
    await refusals(times(7000, 0), ['login', 'write']);
    const during = [...responses];
    other.exec('commit');
    other.close();

    expect(new Set(during.filter(({ code }) => code).map(({ code, status }) => `${status} ${code}`))).toEqual(
      new Set(['503 UNAVAILABLE']),
    );
    expect(during.filter(({ kind, code }) => kind === 'read' && code)).toEqual([]);
    expect(during.filter(({ kind }) => kind === 'read').length).toBeGreaterThanOrEqual(atLeast(200));
    expect(Math.max(...during.map(({ wait }) => wait))).toBeLessThan(within(5000));
    expect(await recovery()).toBeLessThan(within(5000));
  });
});
