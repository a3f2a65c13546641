import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrations } from '../../schema/migrations/sqlite/index.ts';
import type { Environment } from '../../src/options/environment.ts';
import { REGISTER } from '../support/app.ts';
import { post } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Workers } from './support/workers.ts';

const atTime = (line: Record<string, unknown> = {}) => Date.parse(String(line.time));

describe('workers that crash or hang', () => {
  let server: TestServer;
  let workers: Workers;
  const start = async (count: number, env: Environment = {}) => {
    const settings = { BIENVENUE_WORKERS: String(count), BIENVENUE_RATE_LIMITS: 'off', LOG_LEVEL: 'debug' };
    server = await startServer({ ...settings, ...env });
    workers = new Workers(server);
  };
  afterEach(() => server.close());

  const killFirst = async () => {
    const [lost, replaced] = [server.nextLog('worker crashed'), server.nextLog('worker ready')];
    process.kill(workers.pid(1), 'SIGKILL');
    return atTime(await replaced) - atTime(await lost.then(() => server.lines.findLast(isLost)));
  };
  const isLost = ({ msg }: Record<string, unknown>) => msg === 'worker crashed';

  it('OP-2, RE-5: four workers that start on a new database migrate it exactly once, in ten of ten runs', async () => {
    for (let round = 0; round < 10; round++) {
      await start(4, { DATABASE_URL: 'sqlite:new.sqlite' });
      const messages = server.lines.map(({ msg }) => msg);
      expect(messages.filter(msg => msg === 'migrated')).toHaveLength(migrations.length);
      expect(messages.filter(msg => msg === 'worker ready')).toHaveLength(4);
      expect(server.stderr).toBe('');
      expect(await server.signal('SIGTERM')).toBe(0);
      if (round < 9) await server.close();
    }
  });

  it('RE-1: killed in turn under load, they lose no acknowledged write and keep serving', async () => {
    await start(2);
    const end = performance.now() + 10_000;
    const acknowledged: string[] = [];
    let broken = 0;
    let kills = 0;
    const registerOnce = async () => {
      const email = `${randomUUID()}@example.org`;
      // A connection that was being handed to the killed worker never gets a response, so the client gives up.
      const response = post(server.url, REGISTER, { variables: { email, password: randomUUID() } });
      const outcome = await Promise.race([response, sleep(5000)]).catch(() => undefined);
      if (!outcome) broken += 1;
      // Otherwise the response was BUSY: the remaining worker has to compute the hashes of both.
      else if (outcome.json.data?.register) acknowledged.push(email);
    };
    const crowd = Array.from({ length: 8 }, async () => {
      while (performance.now() < end) await registerOnce();
    });
    while (performance.now() < end) {
      kills += 1;
      const replaced = server.nextLog('worker ready');
      process.kill(workers.pid((kills % 2) + 1), 'SIGKILL');
      await replaced;
    }
    await Promise.all(crowd);

    expect(kills).toBeGreaterThan(2);
    expect(acknowledged.length).toBeGreaterThan(10);
    // Only the requests that the killed worker was processing.
    expect(broken).toBeLessThanOrEqual(8 * kills);
    const known = new Set((await server.rows('select email from users')).map(({ email }) => email));
    expect(acknowledged.filter(email => !known.has(email))).toEqual([]);
    expect(await server.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect([...(await workers.requestEach('/readyz')).values()].map(({ status }) => status)).toEqual([200, 200]);
  });

  it('RE-14: a worker that exits repeatedly is replaced with increasing delay', async () => {
    await start(2);

    const pauses = [await killFirst(), await killFirst(), await killFirst(), await killFirst()];

    expect(pauses[1]).toBeGreaterThanOrEqual(1000);
    expect(pauses[2]).toBeGreaterThanOrEqual(2000);
    expect(pauses[3]).toBeGreaterThanOrEqual(4000);
    expect(workers.pids.size).toBe(2);
  });

  it('RE-11: shutdown waits at most twenty seconds for a worker that hangs', async () => {
    await start(2);
    process.kill(workers.pid(1), 'SIGSTOP');
    const signalled = performance.now();

    expect(await server.signal('SIGTERM')).toBe(1);
    expect(performance.now() - signalled).toBeLessThan(20_000);
  });

  it('LO-2: write only complete log lines, although all share one pipe that is not read for a while', async () => {
    await start(1);
    const command = [join(process.cwd(), 'dist/src/cli/bienvenue.js'), 'serve'];
    const env = { ...server.env, PATH: process.env.PATH, BIENVENUE_WORKERS: '4' } as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [first] = await once(child.stdout, 'data');
    const { url } = JSON.parse(String(first).split('\n')[0] as string);
    child.stdout.pause();

    const requests = 4000;
    const sendRequests = async () => {
      for (let done = 0; done < requests / 40; done++) await (await fetch(`${url}/livez`)).text();
    };
    await Promise.all(Array.from({ length: 40 }, sendRequests));
    const rest = text(child.stdout);
    child.kill('SIGTERM');
    const lines = (String(first) + (await rest))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));

    expect(lines.filter(({ msg }) => msg === 'request completed')).toHaveLength(requests);
    expect(new Set(lines.map(({ worker }) => worker))).toEqual(new Set([undefined, 1, 2, 3, 4]));
  });
});
