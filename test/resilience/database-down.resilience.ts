import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { ada, type Browser, bob, LOGIN, PROFILE, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { fileOf } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** An answer, and how long it took. */
interface Timed {
  asked: string;
  code?: string;
  status: number;
  wait: number;
}

describe('a database that goes away under load', () => {
  let server: TestServer;
  let browser: Browser;
  let loading: boolean;
  let load: Promise<unknown>;
  const answers: Timed[] = [];
  beforeEach(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    browser = server.browser();
    await browser.send(REGISTER, { ...ada });
    // Somebody else logs in: a person has fifty sessions at most.
    await server.browser().send(REGISTER, { ...bob });
    answers.length = 0;
    loading = true;
    load = Promise.all([
      untilCalm('read', () => browser.send(PROFILE)),
      untilCalm('login', () => server.browser().send(LOGIN, { email: bob.email, password: bob.password })),
      untilCalm('write', () => server.browser().send(REQUEST_PASSWORD_RESET, { email: `${randomUUID()}@example.org` })),
    ]);
  });
  afterEach(async () => {
    loading = false;
    await load;
    await server.close();
  });

  async function untilCalm(asked: string, ask: () => Promise<Answer>): Promise<void> {
    while (loading) {
      const began = performance.now();
      const { status, code } = await ask();
      answers.push({ asked, code, status, wait: performance.now() - began });
      await sleep(5);
    }
  }

  /** Resolves when everything is answered as it should be. */
  async function recovery(): Promise<number> {
    const began = performance.now();
    for (;;) {
      answers.length = 0;
      await sleep(250);
      const kinds = new Set(answers.filter(({ code }) => !code).map(({ asked }) => asked));
      if (kinds.size === 3 && answers.every(({ code }) => !code)) return performance.now() - began;
      if (performance.now() > began + 20_000) throw new Error(`still ${JSON.stringify(answers)}`);
    }
  }

  const failures = () => answers.filter(({ code }) => code !== undefined);

  it('RE-3: ten times, and comes back, is UNAVAILABLE meanwhile and needs nobody afterwards', async () => {
    const { pid } = server.process;
    for (let outage = 0; outage < 10; outage++) {
      await recovery();
      await server.database.goAway();
      await sleep(400);
      expect(new Set(failures().map(({ code, status }) => `${status} ${code}`))).toEqual(new Set(['503 UNAVAILABLE']));
      expect(Math.max(...answers.map(({ wait }) => wait))).toBeLessThan(5000);
      await server.database.comeBack();
      expect(await recovery()).toBeLessThan(5000);
    }
    expect([server.process.pid, server.process.exitCode]).toEqual([pid, null]);
    expect((await browser.send(PROFILE)).data.profile.email).toBe(ada.email);
  });

  it('RE-3: whose lock another program keeps, refuses writes within five seconds and goes on reading', async () => {
    await recovery();
    const other = new SQLite(fileOf(server));
    other.exec('begin immediate');
    await sleep(7000);
    const during = [...answers];
    other.exec('commit');
    other.close();

    expect(new Set(during.filter(({ code }) => code).map(({ code, status }) => `${status} ${code}`))).toEqual(
      new Set(['503 UNAVAILABLE']),
    );
    expect(during.filter(({ asked, code }) => asked === 'read' && code)).toEqual([]);
    expect(during.filter(({ asked }) => asked === 'read').length).toBeGreaterThan(200);
    expect(Math.max(...during.map(({ wait }) => wait))).toBeLessThan(5000);
    expect(await recovery()).toBeLessThan(5000);
  });
});
