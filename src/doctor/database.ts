import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertPepperPresent } from '../auth/pepper-check.ts';
import { SECOND, systemClock } from '../core/clock.ts';
import { openDatabase } from '../database.ts';
import { databaseOf } from '../options/connection-urls.ts';
import { ConfigError } from '../options/define.ts';
import type { Options } from '../options.ts';
import type { Database } from '../persistence/database.ts';
import { migrationStatus } from '../persistence/migrations.ts';
import { withTimeout } from '../persistence/timeout.ts';
import { codeOf, type Finding, fault, ok, warning } from './finding.ts';

/** For connecting and all statements together. */
const TIMEOUT = 15 * SECOND;
/** A larger difference is unusual for machines that synchronize their clocks. */
const MAX_SKEW = 5 * SECOND;

/** Connects, and reads which migrations ran. Creates nothing: a missing SQLite file stays missing. */
export async function checkDatabase(options: Options): Promise<Finding[]> {
  const target = databaseOf(options);
  if (target.kind === 'sqlite' && !existsSync(target.path)) return [missingFile(target.path)];
  try {
    const findings = withDatabase(options, async database => [
      ok('database', `DATABASE_URL: the database responds (${NAMES[database.kind]}).`),
      ...(await checkContent(database, options)),
      ...(await checkClock(database)),
    ]);
    return await withTimeout(TIMEOUT, findings);
  } catch (error) {
    return [unusable(error)];
  }
}

const NAMES: Record<Database['kind'], string> = { sqlite: 'SQLite', postgresql: 'PostgreSQL', mysql: 'MySQL' };

async function withDatabase<T>(options: Options, job: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(options);
  return job(database).finally(() => database.close());
}

function missingFile(path: string): Finding {
  try {
    accessSync(existingParent(path), constants.W_OK | constants.X_OK);
    return ok('database', 'DATABASE_URL: the SQLite file does not exist yet; the first start creates it.');
  } catch {
    return fault(
      'database',
      'DATABASE_URL: the SQLite file does not exist, and its folder cannot be written.',
      'Correct the path, or the permissions of the folder.',
    );
  }
}

function existingParent(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? parent : existingParent(parent);
}

/** Errors of opening a database are sentences that name the setting and say what to do. */
function unusable(error: unknown): Finding {
  const { message } = error as Error;
  if (message.startsWith('DATABASE_URL:')) return { check: 'database', status: 'fault', message };
  return fault(
    'database',
    `DATABASE_URL: the database does not work (${codeOf(error)}).`,
    'Check that it runs and can be reached from here, and what its log says.',
  );
}

async function checkContent(database: Database, options: Options): Promise<Finding[]> {
  const migrations = await migrationStatus(database);
  const pending = migrations.filter(({ executedAt }) => !executedAt);
  if (pending.length === 0)
    return [ok('migrations', 'No migration is pending.'), ...(await checkPepper(database, options))];
  const message = `Migrations are pending: ${pending.length} of ${migrations.length}.`;
  if (options.migrate === 'manual') return [fault('migrations', message, 'Run: bienvenue migrate up')];
  if (pending.length === migrations.length) return [ok('migrations', `${message} The first start runs them.`)];
  return [warning('migrations', message, 'The next start of the service runs them; make a backup before.')];
}

async function checkPepper(database: Database, options: Options): Promise<Finding[]> {
  try {
    await assertPepperPresent(database.orm.em.fork(), options, systemClock);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(issue => ({ check: 'settings', status: 'fault', message: issue }));
  }
}

/** The current time of a database server, in milliseconds. */
const SERVER_TIME = {
  postgresql: 'select extract(epoch from clock_timestamp()) * 1000 as now',
  mysql: 'select unix_timestamp(now(6)) * 1000 as now',
};

/** Replicas that disagree about the time disagree about which sessions and links have expired. */
async function checkClock({ kind, prepareRead }: Database): Promise<Finding[]> {
  if (kind === 'sqlite') return [];
  const row = await prepareRead<{ now: number | string }>(SERVER_TIME[kind])();
  const skew = Math.abs(Number(row?.now) - systemClock.now().getTime());
  if (skew <= MAX_SKEW) return [ok('clock', 'The clocks of this machine and of the database server agree.')];
  return [
    warning(
      'clock',
      `The clocks of this machine and of the database server differ by ${Math.round(skew / SECOND)} seconds.`,
      'Synchronize both by NTP: links and sessions expire too early or too late otherwise.',
    ),
  ];
}
