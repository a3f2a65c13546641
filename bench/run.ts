// Ratios in one run: absolute figures do not carry over to another machine, ratios do.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import bcrypt from 'bcrypt';
import { LOGIN, PERSON, PROFILE, REGISTER } from './operations.ts';
import { type Running, start, stayOffTheServersCore } from './processes.ts';
import { median } from './quantile.ts';

const COST = 10;
const ROUNDS = 3;
const SECONDS = 4;

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-bench-'));
const file = join(folder, 'bench.sqlite');
const settings = {
  PORT: '0',
  DATABASE_URL: `sqlite:${file}`,
  BIENVENUE_BCRYPT_COST: String(COST),
  // Everything stays on but this: the load comes from one address, as one person.
  BIENVENUE_RATE_LIMITS: 'off',
};

async function main(): Promise<void> {
  const server = await start(['dist/src/cli/bienvenue.js', 'serve'], settings);
  try {
    const token = await register(server);
    const bare = await start(['bench/bare.ts', file]);
    stayOffTheServersCore();
    console.log(`${cpus()[0]?.model}, Node ${process.version}, ${ROUNDS} rounds of ${SECONDS} s, medians\n`);
    await compareWhoAmI(server, bare, token);
    bare.stop();
    await compareLogins(server);
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareWhoAmI(ours: Running, bare: Running, token: string): Promise<void> {
  const load = (running: Running) =>
    requestsPerSecond(running, { cookie: `session_id=${token}` }, { query: PROFILE }, 32);
  await load(ours);
  await load(bare);
  const rounds = await inTurns(
    () => load(ours),
    () => load(bare),
  );
  report('who-am-I requests a second', 'bienvenue', 'bare node:http with the same lookup', rounds);
}

async function compareLogins(ours: Running): Promise<void> {
  const rounds = await inTurns(
    () => requestsPerSecond(ours, {}, { query: LOGIN, variables: PERSON }, 4),
    () => comparisonsPerSecond(),
  );
  report(`logins a second at cost ${COST}`, 'bienvenue', 'raw bcrypt.compare', rounds);
}

async function register({ url }: Running): Promise<string> {
  const body = JSON.stringify({ query: REGISTER, variables: PERSON });
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return ((await answer.json()) as { data: { register: { token: string } } }).data.register.token;
}

/** Answers with status 200 alone count. */
async function requestsPerSecond(
  { url }: Running,
  headers: Record<string, string>,
  operation: object,
  connections: number,
): Promise<number> {
  const result = await autocannon({
    url: `${url}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
    connections,
    duration: SECONDS,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
  return result['2xx'] / result.duration;
}

/** As many at a time as the service allows itself: one a core that it sees. */
async function comparisonsPerSecond(): Promise<number> {
  const hash = await bcrypt.hash(PERSON.password, COST);
  const end = performance.now() + SECONDS * 1000;
  let done = 0;
  const one = async () => {
    while (performance.now() < end) {
      await bcrypt.compare(PERSON.password, hash);
      done += 1;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  return done / ((performance.now() - began) / 1000);
}

async function inTurns(ours: () => Promise<number>, theirs: () => Promise<number>): Promise<[number, number][]> {
  const rounds: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push([await ours(), await theirs()]);
  return rounds;
}

function report(what: string, ours: string, theirs: string, rounds: [number, number][]): void {
  const ratios = rounds.map(([a, b]) => a / b);
  console.log(what);
  console.log(`  ${ours}: ${median(rounds.map(([a]) => a)).toFixed(1)}`);
  console.log(`  ${theirs}: ${median(rounds.map(([, b]) => b)).toFixed(1)}`);
  console.log(`  ratio: ${percent(median(ratios))} (${ratios.map(percent).join(', ')})\n`);
}

const percent = (ratio: number) => `${(100 * ratio).toFixed(0)} %`;

await main();
process.exit();
