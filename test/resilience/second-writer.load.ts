import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../bench/quantile.ts';
import { type Browser, LOGIN, LOGOUT, PROFILE, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { fileOf } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';

const SECONDS = 20;
const WRITES_A_SECOND = 50;
const LOCKED_MS = 1000;

/** Holds the write lock for one second in every five, as a backup or an interactive SQL session would. */
const LOCKING_PROCESS = `
  import SQLite from 'better-sqlite3';
  import { setTimeout as sleep } from 'node:timers/promises';
  const database = new SQLite(process.argv[1], { timeout: 5000 });
  for (;;) {
    database.exec('begin immediate');
    console.log('locked');
    await sleep(${LOCKED_MS});
    database.exec('commit');
    await sleep(4000);
  }`;

describe.each([
  ['two servers', 1],
  ['the two workers of one server', 2],
])('%s on one SQLite file that another process locks regularly', (_, workers) => {
  let one: TestServer;
  let two: TestServer;
  let lockingProcess: ChildProcess;
  let locks: number[];
  beforeEach(async () => {
    const env = { BIENVENUE_RATE_LIMITS: 'off', BIENVENUE_WORKERS: String(workers) };
    one = await startServer(env);
    two = workers > 1 ? one : await startServer(env, one.database);
    const args = ['--input-type=module', '--eval', LOCKING_PROCESS, fileOf(one)];
    lockingProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    locks = [];
    lockingProcess.stdout?.on('data', () => locks.push(performance.now()));
  });
  afterEach(async () => {
    lockingProcess.kill('SIGKILL');
    await two.close();
    await one.close();
  });

  it('RE-5: complete fifty writes a second, and their event loops never block', async () => {
    const end = performance.now() + 1000 * SECONDS;
    const registered: string[] = [];
    const requested: string[] = [];
    const write = async (browser: Browser, query: string, variables = {}) => {
      const { errors } = await browser.send(query, variables);
      if (errors) throw new Error(JSON.stringify(errors));
    };
    const useBothServers = async (here: TestServer, there: TestServer) => {
      const [first, second] = [here.browser(), there.browser()];
      const person = { email: `${randomUUID()}@example.org`, password: randomUUID() };
      await write(first, REGISTER, person);
      registered.push(person.email);
      await write(second, LOGIN, person);
      await write(first, LOGOUT);
      expect((await first.send(PROFILE)).data.profile).toBeNull();
    };
    /** Requesting a mail is a write without a hash, which would limit the rate. */
    const requestMail = async (server: TestServer) => {
      const email = `${randomUUID()}@example.org`;
      await write(server.browser(), REQUEST_PASSWORD_RESET, { email });
      requested.push(email);
    };
    const untilEnd = async (work: () => Promise<void>) => {
      while (performance.now() < end) await work();
    };
    /** Sends at a fixed rate without waiting for responses; each server receives half of the writes. */
    const paced = async (server: TestServer) => {
      const inFlight: Promise<void>[] = [];
      const began = performance.now();
      await untilEnd(async () => {
        inFlight.push(requestMail(server));
        const next = began + (inFlight.length * 2000) / WRITES_A_SECOND;
        await sleep(Math.max(0, next - performance.now()));
      });
      await Promise.all(inFlight);
    };

    const [waits] = await Promise.all([
      waitsOf([`${one.url}/livez`, `${two.url}/livez`], SECONDS),
      paced(one),
      paced(two),
      untilEnd(() => useBothServers(one, two)),
      untilEnd(() => useBothServers(two, one)),
    ]);

    const whileLocked = waits.filter(({ at }) => locks.some(lock => at >= lock && at < lock + LOCKED_MS));
    const whileUnlocked = waits.filter(wait => !whileLocked.includes(wait));
    expect(locks.length).toBeGreaterThanOrEqual(SECONDS / 5 - 1);
    // Compared with the unlocked time, because a slow disk would slow down both.
    expect(p90(whileLocked)).toBeLessThanOrEqual(p90(whileUnlocked) + 250);
    expect(requested.length).toBeGreaterThan(0.8 * SECONDS * WRITES_A_SECOND);
    expect(codesIn([...one.lines, ...two.lines])).toEqual([]);
    const servingWorkers = new Set(
      one.lines.filter(({ msg }) => msg === 'request completed').map(({ worker }) => worker),
    );
    expect(servingWorkers.size).toBe(workers);
    expect(await one.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const emails = (await one.rows('select email from users')).map(({ email }) => email);
    expect(emails.toSorted()).toEqual(registered.toSorted());
  });
});

const codesIn = (lines: Record<string, unknown>[]) => lines.filter(({ level }) => level === 'error');

/** The start of a request and its duration, in milliseconds. */
interface Wait {
  at: number;
  took: number;
}

const EVERY = 20;

/**
 * Polls these addresses at a fixed rate without waiting for earlier responses, so that a server that blocks for one
 * second is seen fifty times instead of once.
 */
async function waitsOf(urls: string[], seconds: number): Promise<Wait[]> {
  const end = performance.now() + 1000 * seconds;
  const waits: Promise<Wait>[] = [];
  while (performance.now() < end) {
    waits.push(...urls.map(waitFor));
    await sleep(EVERY);
  }
  return Promise.all(waits);
}

/** The 90th percentile. */
const p90 = (waits: Wait[]): number =>
  quantile(
    waits.map(({ took }) => took),
    0.9,
  );

async function waitFor(url: string): Promise<Wait> {
  const at = performance.now();
  await (await fetch(url)).text();
  return { at, took: performance.now() - at };
}
