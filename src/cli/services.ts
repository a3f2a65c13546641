import { BcryptHasher } from '../auth/hasher.ts';
import type { AppContext } from '../auth/request-scope.ts';
import { systemClock } from '../core/clock.ts';
import { createLog } from '../core/log.ts';
import { openDatabase } from '../database.ts';
import type { Services } from '../features.ts';
import type { Options } from '../options.ts';
import { assertMigrated, runPendingMigrations } from '../persistence/migrations.ts';
import { unlimited } from '../rate-limits/rate-limiter.ts';
import { personalData } from '../registry.ts';
import { loadOptions } from '../server/environment.ts';
import { work } from '../work.ts';

/** What to do about pending migrations: run them, unless they are manual, or refuse. */
type Migrations = 'run' | 'refuse';

/**
 * Calls the services in one transaction, which is rolled back when the job throws. No background work starts: mails wait
 * in the outbox for the service, since without a mail server they would end in the memory of this process.
 */
export async function withServices<T>(
  job: (services: Services) => Promise<T>,
  migrations: Migrations = 'refuse',
): Promise<T> {
  const options = loadOptions();
  const database = await openDatabase(options);
  try {
    await (migrations === 'run' ? runPendingMigrations(database, options) : assertMigrated(database));
    return await work(appContext(options), database, job);
  } finally {
    await database.close();
  }
}

function appContext(options: Options): AppContext {
  return {
    options,
    clock: systemClock,
    // stdout has the output of the command.
    log: createLog('warn', { write: line => void process.stderr.write(line) }),
    // Starts its threads with the first hash.
    hasher: new BcryptHasher({ cost: options.bcryptCost }),
    rateLimiterFor: () => unlimited,
    notifyMailWorker: () => {},
    personalData,
  };
}
