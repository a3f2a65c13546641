// Latency for a signed-in user while 200 clients log in as fast as they can, by arrangement of the hashes.
// node bench/overload.ts [arrangement …], as nice10x or nice10x2 (threads at a niceness, how many), poolx2 (libuv's pool)
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LOGIN, PERSON, PROFILE, REGISTER } from './operations.ts';
import { type Running, start, stayOffTheServersCore } from './processes.ts';
import { median, quantile } from './quantile.ts';

const ROUNDS = 3;
const SECONDS = 8;
const CLIENTS = 200;
/** Milliseconds that a refused client waits: as Retry-After says, or hardly at all. */
const PAUSE = { polite: 1000, rude: 50 };
const PROFILES_A_SECOND = 100;
const ARRANGEMENTS =
  process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['poolx', 'nice0x', 'nice10x', 'nice19x'];

interface Measurement {
  arrangement: string;
  manners: keyof typeof PAUSE;
  /** Milliseconds from the scheduled time of the request. */
  p50: number;
  p99: number;
  loginsASecond: number;
  refusalsASecond: number;
  /** Aborted connections. */
  aborted: number;
}

const VISITOR = { ...PERSON, email: 'visitor@example.org' };
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** Status and body of the response; status 0 when the connection was aborted. */
function send({ url }: Running, operation: object, headers: Record<string, string> = {}): Promise<[number, string]> {
  const body = JSON.stringify(operation);
  return new Promise(resolve => {
    const options = { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } };
    const req = request(`${url}/graphql`, options, res => {
      let text = '';
      res.on('data', chunk => {
        text += chunk;
      });
      res.on('end', () => resolve([res.statusCode ?? 0, text]));
    });
    req.on('error', () => resolve([0, '']));
    req.end(body);
  });
}

async function floodWithLogins(
  server: Running,
  token: string,
  manners: Measurement['manners'],
): Promise<Omit<Measurement, 'arrangement'>> {
  const end = performance.now() + SECONDS * 1000;
  const counts = new Map<number, number>();
  const client = async () => {
    while (performance.now() < end) {
      const [status] = await send(server, { query: LOGIN, variables: PERSON });
      counts.set(status, (counts.get(status) ?? 0) + 1);
      if (status === 503) await wait(PAUSE[manners]);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);

  const latencies: number[] = [];
  const profiles: Promise<void>[] = [];
  const first = performance.now();
  for (let index = 0; ; index++) {
    const due = first + (index * 1000) / PROFILES_A_SECOND;
    if (due > end) break;
    await wait(Math.max(0, due - performance.now()));
    const profile = async () => {
      const [status, text] = await send(server, { query: PROFILE }, { cookie: `session_id=${token}` });
      if (status !== 200 || !text.includes(VISITOR.email)) throw new Error(`profile: ${status}`);
      latencies.push(performance.now() - due);
    };
    const pending = profile();
    pending.catch(() => {});
    profiles.push(pending);
  }
  await Promise.all([...clients, ...profiles]);
  return {
    manners,
    p50: median(latencies),
    p99: quantile(latencies, 0.99),
    loginsASecond: (counts.get(200) ?? 0) / SECONDS,
    refusalsASecond: (counts.get(503) ?? 0) / SECONDS,
    aborted: counts.get(0) ?? 0,
  };
}

async function measure(arrangement: string, manners: Measurement['manners']): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-bench-'));
  const settings = {
    DATABASE_URL: `sqlite:${join(folder, 'bench.sqlite')}`,
    BIENVENUE_RATE_LIMITS: 'off',
  };
  const server = await start(['bench/overload-server.ts', arrangement], settings);
  try {
    await send(server, { query: REGISTER, variables: PERSON });
    // Another user: with more than fifty sessions per user the oldest ends.
    const [, text] = await send(server, { query: REGISTER, variables: VISITOR });
    const { token } = JSON.parse(text).data.register;
    for (let index = 0; index < 500; index++) await send(server, { query: PROFILE }, { cookie: `session_id=${token}` });
    return { arrangement, ...(await floodWithLogins(server, token, manners)) };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

stayOffTheServersCore();
const seen: Measurement[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const manners of ['polite', 'rude'] as const) {
    for (const arrangement of ARRANGEMENTS) seen.push(await measure(arrangement, manners));
  }
}

for (const manners of ['polite', 'rude'] as const) {
  for (const arrangement of ARRANGEMENTS) {
    const rounds = seen.filter(each => each.arrangement === arrangement && each.manners === manners);
    const medianOf = (of: (each: Measurement) => number) => median(rounds.map(of)).toFixed(1).padStart(8);
    console.log(
      `${manners.padEnd(7)}${arrangement.padEnd(9)} profile p50${medianOf(each => each.p50)} p99${medianOf(each => each.p99)} ms,` +
        ` logins${medianOf(each => each.loginsASecond)}/s, refused${medianOf(each => each.refusalsASecond)}/s,` +
        ` aborted ${Math.max(...rounds.map(each => each.aborted))}`,
    );
  }
}
process.exit();
