import SQLite from 'better-sqlite3';
import { createLog } from '../dist/src/core/log.js';
import { createAuth } from '../dist/src/create-auth.js';
import { openDatabase } from '../dist/src/database.js';
import { MailWorker } from '../dist/src/mail/mail-worker.js';
import { optionsFromEnvironment } from '../dist/src/options/environment.js';
import { CleanupJob } from '../dist/src/persistence/cleanup-job.js';
import { DatabaseRateLimiter } from '../dist/src/rate-limits/database-rate-limiter.js';
import { cleanupRules, mailTemplates } from '../dist/src/registry.js';
import type { BenchDatabase } from './databases.ts';
import { quantile } from './quantile.ts';

/** Repetitions; the first ones load the pages that the later ones use. */
const TIMES = 200;
const CLEANUP_MS = 2000;
const DAY = 86_400_000;

/** Work beside who-am-I over tables of a given size: median milliseconds. */
export interface Upkeep {
  'a login without its hash': number;
  'a rate-limit count': number;
  'an outbox poll': number;
  /** Absent when there were too few rows to tell. */
  'rows deleted a second'?: number;
}

export const UPKEEP: (keyof Upkeep)[] = [
  'a login without its hash',
  'a rate-limit count',
  'an outbox poll',
  'rows deleted a second',
];

const hasher = {
  cost: 12,
  hash: async () => `$2b$12$${'a'.repeat(53)}`,
  matches: async () => true,
  assertCapacity: () => {},
};

/** Runs the service's own code in this process, over the file that a server used. Fills the tables that it left empty. */
export async function upkeepOf({ file, url }: BenchDatabase, size: number): Promise<Upkeep> {
  fillCountersAndOutbox(file, size);
  const log = createLog('silent');
  const options = optionsFromEnvironment({ DATABASE_URL: url, BIENVENUE_BCRYPT_COST: '12', LOG_LEVEL: 'silent' });
  const auth = await createAuth(options, { hasher, log });
  const person = { email: 'upkeep@example.org', password: 'correct horse battery staple' };
  await auth.work(({ auth }) => auth.createAccount(person));
  const login = await median(() => auth.work(({ auth }) => auth.login(person)));
  await auth.close();

  const database = await openDatabase(options);
  const clock = { now: () => new Date() };
  const limiter = new DatabaseRateLimiter(database.orm.em.fork(), clock);
  const rule = { name: 'upkeep', limit: 5, window: DAY };
  let subject = 0;
  const count = await median(() => limiter.consume(rule, String(subject++ % (TIMES / 2))));
  const mailer = { send: async () => {}, close: () => {} };
  const mailWorker = new MailWorker({
    database,
    mailer,
    clock,
    log,
    options,
    templates: mailTemplates,
  });
  const poll = await median(() => mailWorker.deliver());
  const deleted = await deleteExpired(database, file, log);
  await database.close();
  return {
    'a login without its hash': login,
    'a rate-limit count': count,
    'an outbox poll': poll,
    'rows deleted a second': deleted,
  };
}

/** As many counters and as many mails waiting for a retry as sessions. */
function fillCountersAndOutbox(file: string, size: number): void {
  const database = new SQLite(file);
  database.pragma('synchronous = off');
  const numbers = `with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < ${size - 1})`;
  const now = Date.now();
  database.exec(`insert into limits (key, hits, blocked_until, resets_at)
    ${numbers} select printf('%064x', n * 2654435761), 1, 0, ${now + DAY} + n from numbers`);
  database.exec(`insert into outbox (id, kind, address, created_at, attempts, due_at)
    ${numbers} select printf('01900000-0000-7000-9000-%012x', n), 'reset-password', 'person-' || n || '@example.org',
    ${now}, 1, ${now + DAY / 8} + n % 3600000 from numbers`);
  database.close();
}

/** All sessions are expired by this clock; deletes for a fixed time. */
async function deleteExpired(
  database: Awaited<ReturnType<typeof openDatabase>>,
  file: string,
  log: ReturnType<typeof createLog>,
): Promise<number | undefined> {
  const before = countOf(file);
  const began = performance.now();
  const later = Date.now() + 400 * DAY;
  const cleanupJob = new CleanupJob(database, cleanupRules, { now: () => new Date(later) }, log);
  const pending = cleanupJob.deleteExpired();
  await new Promise(resolve => setTimeout(resolve, CLEANUP_MS));
  await cleanupJob.stop();
  await pending;
  const seconds = (performance.now() - began) / 1000;
  const left = countOf(file);
  return left > 0 ? (before - left) / seconds : undefined;
}

function countOf(file: string): number {
  const database = new SQLite(file, { readonly: true });
  const { found } = database
    .prepare('select (select count(*) from sessions) + (select count(*) from limits) as found')
    .get() as { found: number };
  database.close();
  return found;
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return quantile(times, 0.5);
}
