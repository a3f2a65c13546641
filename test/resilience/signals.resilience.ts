import { readFileSync } from 'node:fs';
import { ada, LOGIN, REGISTER } from '../support/app.ts';
import { cleanDatabase } from '../support/databases/new-database.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { HeldRequest, PartialRequest } from '../support/partial-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { times, within } from './support/scale.ts';

/** In CI few enough that all hashes finish within the shutdown timeout even on a slow machine. */
const IN_FLIGHT = times(50, 6);
/** The documented time limit for responses in flight. */
const GRACE_MS = 10_000;

describe('a busy server that receives a signal to stop', () => {
  let database: TestDatabase;
  let server: TestServer;
  beforeEach(async () => {
    database = await cleanDatabase();
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' }, database);
    await server.browser().send(REGISTER, { ...ada });
  });
  afterEach(async () => {
    await server.close();
    await database.drop();
  });

  /** Logins whose headers the server has, and their responses. */
  async function logins(): Promise<Promise<unknown>[]> {
    const { email, password } = ada;
    const held = Array.from({ length: IN_FLIGHT }, () => new HeldRequest(server.url, LOGIN, { email, password }));
    await Promise.all(held.map(({ begun }) => begun));
    return held.map(request => request.finish().then(verdict, () => 'no response'));
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'RE-11: %s during logins: each gets its response, /readyz returns 503, and the exit code is 0',
    async signal => {
      const probe = await PartialRequest.begin(server.url, '/readyz');
      const responses = await logins();
      // The others are being hashed or are queued.
      await Promise.race(responses);

      const signalled = performance.now();
      const exit = server.signal(signal);
      await server.nextLog('stopping');

      expect(await probe.finish()).toBe(503);
      const verdicts = await Promise.all(responses);
      // The hash queue is bounded, so BUSY is an accepted response.
      expect(verdicts.filter(response => response !== 'signed in' && response !== 'BUSY')).toEqual([]);
      expect(verdicts).toContain('signed in');
      expect(await exit).toBe(0);
      expect(performance.now() - signalled).toBeLessThan(within(GRACE_MS));
      expect(server.stderr).toBe('');
    },
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'RE-11: a second %s during logins ends it at once with exit code 1',
    async signal => {
      await server.close();
      // Each login renews the hash, which takes seconds at this cost.
      server = await startServer({ ...server.env, BIENVENUE_BCRYPT_COST: '15' }, database);
      const idle = processorSeconds(server.process.pid);
      const responses = await logins();
      await until(() => processorSeconds(server.process.pid) > idle + 1);
      const exit = server.signal(signal);
      await server.nextLog('stopping');

      server.process.kill(signal);

      expect(await exit).toBe(1);
      expect(server.lines.map(({ msg }) => msg)).not.toContain('stopped');
      // The exit waits for the hashes that are being computed, which cannot be interrupted, but not for the queue.
      expect(await Promise.all(responses)).toContain('no response');
    },
  );
});

/** What the process has used so far (proc_pid_stat(5): fields 14 and 15, in hundredths of a second). */
function processorSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function verdict({ body }: { body: unknown }): unknown {
  const { data, errors } = body as { data?: { login?: object }; errors?: { extensions: { code: string } }[] };
  return data?.login ? 'signed in' : errors?.[0]?.extensions.code;
}
