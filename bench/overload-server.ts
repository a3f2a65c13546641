// The service with its hashes run elsewhere: the first argument names the arrangement.
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { BcryptHasher, type Hasher } from '../dist/src/auth/hasher.js';
import { createLog } from '../dist/src/core/log.js';
import { createAuth } from '../dist/src/create-auth.js';
import { optionsFromEnvironment } from '../dist/src/options/environment.js';
import { HttpServer } from '../dist/src/server/http-server.js';

/** Threads at a niceness, or jobs in libuv's pool, with their number: `nice10x2`, `poolx1`. */
function hasherOf(arrangement: string, cost: number): Hasher {
  const [, kind, niceness, count] = /^(nice|pool)(\d*)x(\d*)$/.exec(arrangement) ?? [];
  const concurrency = Number(count) || availableParallelism();
  const threads = new BcryptHasher({ cost, concurrency, niceness: Number(niceness) });
  if (kind === 'nice') return threads;
  // The same queue, but hashing in libuv's pool, as bcrypt's own asynchronous functions do.
  return Object.assign(threads, {
    run: (job: { secret: string; hash?: string }) =>
      job.hash ? bcrypt.compare(job.secret, job.hash) : bcrypt.hash(job.secret, cost),
  });
}

const [, , arrangement = ''] = process.argv;
const options = optionsFromEnvironment(process.env);
const log = createLog(options.logLevel);
const server = new HttpServer(log);
const bound = await server.listen(options);
const hasher = hasherOf(arrangement, bound.bcryptCost);
await server.open(await createAuth(bound, { log, hasher }), bound);
log.info('listening', { url: `http://127.0.0.1:${bound.port}` });
