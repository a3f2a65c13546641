// The service as it is, but for where its hashes run: the arrangement is the first argument.
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { BcryptHasher, type Hasher } from '../dist/src/auth/hasher.js';
import { withPort } from '../dist/src/config.js';
import { createLog } from '../dist/src/core/log.js';
import { createAuth } from '../dist/src/create-auth.js';
import { readConfig } from '../dist/src/read-config.js';
import { HttpServer } from '../dist/src/server/http-server.js';

/** As many threads at this niceness, or as many jobs in libuv's pool: `nice10x2`, `poolx1`. */
function hasherOf(arrangement: string, cost: number): Hasher {
  const [, kind, niceness, count] = /^(nice|pool)(\d*)x(\d*)$/.exec(arrangement) ?? [];
  const concurrency = Number(count) || availableParallelism();
  const threads = new BcryptHasher({ cost, concurrency, niceness: Number(niceness) });
  if (kind === 'nice') return threads;
  // The same queue, with the work done where bcrypt's own asynchronous functions do it.
  return Object.assign(threads, {
    run: (job: { secret: string; hash?: string }) =>
      job.hash ? bcrypt.compare(job.secret, job.hash) : bcrypt.hash(job.secret, cost),
  });
}

const [, , arrangement = ''] = process.argv;
const settings = readConfig(process.env);
const server = new HttpServer();
const config = withPort(settings, await server.listen(settings));
const log = createLog(settings.logLevel);
const hasher = hasherOf(arrangement, config.password.bcryptCost);
await server.open(await createAuth(config, { log, hasher }), config, log);
log.info('listening', { url: `http://127.0.0.1:${config.port}` });
