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

/** Takes the write lock for one second of every five, as a backup or somebody at a prompt would. */
const GREEDY = `
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
])('%s on one SQLite file, and another process that takes the lock', (_, workers) => {
  let one: TestServer;
  let two: TestServer;
  let greedy: ChildProcess;
  let locks: number[];
  beforeEach(async () => {
    const env = { BIENVENUE_RATE_LIMITS: 'off', BIENVENUE_WORKERS: String(workers) };
    one = await startServer(env);
    two = workers > 1 ? one : await startServer(env, one.database);
    const words = ['--input-type=module', '--eval', GREEDY, fileOf(one)];
    greedy = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    locks = [];
    greedy.stdout?.on('data', () => locks.push(performance.now()));
  });
  afterEach(async () => {
    greedy.kill('SIGKILL');
    await two.close();
    await one.close();
  });

  it('RE-5: answer fifty writes a second as if they were alone, and their event loops never stand still', async () => {
    const end = performance.now() + 1000 * SECONDS;
    const registered: string[] = [];
    const asked: string[] = [];
    const write = async (browser: Browser, query: string, variables = {}) => {
      const { errors } = await browser.send(query, variables);
      if (errors) throw new Error(JSON.stringify(errors));
    };
    const comeAndGo = async (here: TestServer, there: TestServer) => {
      const [first, second] = [here.browser(), there.browser()];
      const person = { email: `${randomUUID()}@example.org`, password: randomUUID() };
      await write(first, REGISTER, person);
      registered.push(person.email);
      await write(second, LOGIN, person);
      await write(first, LOGOUT);
      expect((await first.send(PROFILE)).data.profile).toBeNull();
    };
    /** Hashes would slow it down: a mail that is asked for is a write and nothing else. */
    const askFor = async (server: TestServer) => {
      const email = `${randomUUID()}@example.org`;
      await write(server.browser(), REQUEST_PASSWORD_RESET, { email });
      asked.push(email);
    };
    const untilEnd = async (work: () => Promise<void>) => {
      while (performance.now() < end) await work();
    };
    /** At a beat that does not wait for answers: half of the writes for each of the two. */
    const paced = async (server: TestServer) => {
      const going: Promise<void>[] = [];
      const began = performance.now();
      await untilEnd(async () => {
        going.push(askFor(server));
        const next = began + (going.length * 2000) / WRITES_A_SECOND;
        await sleep(Math.max(0, next - performance.now()));
      });
      await Promise.all(going);
    };

    const [lives] = await Promise.all([
      waitsOf([`${one.url}/livez`, `${two.url}/livez`], SECONDS),
      paced(one),
      paced(two),
      untilEnd(() => comeAndGo(one, two)),
      untilEnd(() => comeAndGo(two, one)),
    ]);

    const whileLocked = lives.filter(({ at }) => locks.some(lock => at >= lock && at < lock + LOCKED_MS));
    const otherwise = lives.filter(wait => !whileLocked.includes(wait));
    expect(locks.length).toBeGreaterThanOrEqual(SECONDS / 5 - 1);
    // Not by itself: a disk that is slow for everybody is no news.
    expect(ninetieth(whileLocked)).toBeLessThanOrEqual(ninetieth(otherwise) + 250);
    expect(asked.length).toBeGreaterThan(0.8 * SECONDS * WRITES_A_SECOND);
    expect(codesIn([...one.lines, ...two.lines])).toEqual([]);
    const answering = new Set(one.lines.filter(({ msg }) => msg === 'request completed').map(({ worker }) => worker));
    expect(answering.size).toBe(workers);
    expect(await one.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const emails = (await one.rows('select email from users')).map(({ email }) => email);
    expect(emails.toSorted()).toEqual(registered.toSorted());
  });
});

const codesIn = (lines: Record<string, unknown>[]) => lines.filter(({ level }) => level === 'error');

/** When somebody asked, and how long the answer took, in milliseconds. */
interface Wait {
  at: number;
  took: number;
}

const EVERY = 20;

/**
 * Asks these addresses over and over. At a fixed beat, whether the last one was answered or not: so a server that
 * stands still for a second is seen fifty times, not once.
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

/** What nine of ten waited at most. */
const ninetieth = (waits: Wait[]): number =>
  quantile(
    waits.map(({ took }) => took),
    0.9,
  );

async function waitFor(url: string): Promise<Wait> {
  const at = performance.now();
  await (await fetch(url)).text();
  return { at, took: performance.now() - at };
}
