import { betterAuth, type Contestant, ours } from '../contestants.ts';
import { betterAuthAt, type Dialect, OURS } from '../credentials.ts';
import type { BenchDatabase } from '../databases.ts';
import { load, type StreamResult } from '../load.ts';
import { BEHIND_A_PROXY, fromSeparateAddresses, rawRequest, sendOnce } from '../raw-request.ts';
import { type Findings, present, type Row, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

/** Factor for the duration: enough requests for a meaningful p99. */
const SECONDS = 3;
const MAX_ROUNDS = 3;
const RATE = 150;
const CROWDS = [0, 4, 64];
/** Users who log in, each from an address of their own. */
const USERS = 1000;

interface Measurement {
  visitor: StreamResult;
  /** Per second of the whole run: logins finish in bursts. */
  logins?: { succeeded: number; refused: number };
}

/** Latency for a signed-in user while other clients log in continuously, on one core. */
export async function measure(stage: Stage): Promise<Findings> {
  const us = await ours(stage, (await stage.database('sqlite')) as BenchDatabase, {
    ...BEHIND_A_PROXY,
    BIENVENUE_BCRYPT_COST: '12',
  });
  const them = await betterAuth(stage, (await stage.database('sqlite')) as BenchDatabase);
  const servers: [string, Contestant, Dialect][] = [
    ['Bienvenue', us, OURS],
    ['better-auth', them, betterAuthAt(them.running.url)],
  ];
  const turns = new Map<string, () => Promise<Measurement>>();
  for (const [name, contestant, dialect] of servers) {
    const visit = await visitor(contestant, dialect);
    for (const crowd of CROWDS)
      turns.set(`${name}, ${words(crowd)}`, () => visit(crowd, stage.options.seconds * SECONDS));
    await visit(0, 1);
  }
  const seen = await stage.inTurns(turns, Math.min(stage.options.rounds, MAX_ROUNDS));
  const p99 = (name: string) => seen.get(name)?.map(({ visitor }) => visitor.p99);
  const overIdle = (name: string, crowd: number) => ratio(p99(`${name}, ${words(crowd)}`), p99(`${name}, ${words(0)}`));
  return {
    tables: [{ title: 'Under logins', columns: COLUMNS, rows: [...seen].map(([name, rounds]) => row(name, rounds)) }],
    ratios: present({
      p99: overIdle('Bienvenue', 4),
      'p99/64': overIdle('Bienvenue', 64),
      'p99/better-auth': overIdle('better-auth', 4),
    }),
  };
}

const COLUMNS = ['p50 ms', 'p99 ms', 'logins/s', 'refused/s'];

const words = (crowd: number) => (crowd === 0 ? 'idle' : `${crowd} clients log in`);

/** Another user than the ones who log in: with more than fifty sessions per user the oldest ends. */
async function visitor({ running }: Contestant, dialect: Dialect) {
  const email = 'visitor@example.org';
  const { text, cookies } = await sendOnce(running.url, dialect.register(email));
  const cookie = cookies || `session_id=${JSON.parse(text).data.register.token}`;
  const whoAmI = rawRequest(running.url, { ...dialect.whoAmI(cookie), expect: email });
  const logins = fromSeparateAddresses(Array(USERS).fill(dialect.login)).map(login => rawRequest(running.url, login));
  return async (crowd: number, seconds: number): Promise<Measurement> => {
    const others = { requests: logins, connections: crowd, mayBeRefused: true };
    const streams = [{ requests: [whoAmI], rate: RATE }, ...(crowd > 0 ? [others] : [])];
    const seen = await load(running, seconds, streams);
    const [visits, crowded] = seen.streams as [StreamResult, StreamResult?];
    if (!crowded) return { visitor: visits };
    return {
      visitor: visits,
      logins: { succeeded: crowded.responses / seen.seconds, refused: crowded.refused / seen.seconds },
    };
  };
}

function row(name: string, rounds: Measurement[]): Row {
  const [visits, logins] = [rounds.map(each => each.visitor), rounds.flatMap(each => each.logins ?? [])];
  const crowd = logins.length > 0;
  return {
    name,
    cells: present({
      'p50 ms': sample(visits.map(each => each.p50)),
      'p99 ms': sample(visits.map(each => each.p99)),
      'logins/s': crowd ? sample(logins.map(each => each.succeeded)) : undefined,
      'refused/s': crowd ? sample(logins.map(each => each.refused)) : undefined,
    }),
  };
}
