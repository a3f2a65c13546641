import { bare, betterAuth, type Contestant, onEach, ours, trivial } from '../contestants.ts';
import { betterAuthAt, type Dialect, OURS } from '../credentials.ts';
import { type Saturated, saturate } from '../load.ts';
import type { Running } from '../processes.ts';
import { type RawRequest, rawRequest, sendOnce } from '../raw-request.ts';
import { type Findings, present, type Row, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const WARM_UP = 2;
/** One per connection, so that batching or caching one session does not help another. */
const SESSIONS = 32;

/** A server and its who-am-I requests. */
interface Target {
  running: Running;
  requests: RawRequest[];
}

/** Who am I over 32 connections at full speed: Bienvenue on each database, and its peers. */
export async function measure(stage: Stage): Promise<Findings> {
  const contestants = await open(stage);
  const { seconds } = stage.options;
  for (const { running, requests } of contestants.values())
    await saturate(running, requests, Math.min(WARM_UP, seconds));
  const turns = new Map(
    [...contestants].map(([name, { running, requests }]) => [name, () => saturate(running, requests, seconds)]),
  );
  const seen = await stage.inTurns(turns);
  const rate = (name: string) => seen.get(name)?.map(each => each.perSecond);
  const idle = [...seen].filter(
    ([name]) => sample((seen.get(name) as Saturated[]).map(each => each.busy)).median < 0.95,
  );
  return {
    tables: [{ title: 'Who am I', columns: COLUMNS, rows: rows(seen, rate('bare node:http') as number[]) }],
    ratios: present({
      'who-am-i/bare': ratio(rate('Bienvenue, SQLite'), rate('bare node:http')),
      'who-am-i/better-auth': ratio(rate('Bienvenue, SQLite'), rate('better-auth, SQLite')),
      'who-am-i/better-auth/postgresql': ratio(rate('Bienvenue, PostgreSQL'), rate('better-auth, PostgreSQL')),
    }),
    notes: idle.map(
      ([name, rounds]) =>
        `${name} used only ${(100 * sample(rounds.map(each => each.busy)).median).toFixed(0)} % of its core: it waited for something else.`,
    ),
  };
}

const COLUMNS = ['requests/s', '% of bare', 'CPU µs/request', 'p50 ms', 'p99 ms', 'core busy %'];

async function open(stage: Stage): Promise<Map<string, Target>> {
  const us = await onEach(stage, ['sqlite', 'postgresql', 'mariadb'], place => ours(stage, place));
  const theirs = await onEach(stage, ['sqlite', 'postgresql'], place => betterAuth(stage, place));
  const ourSessions = async (contestant?: Contestant) => contestant && signIn(contestant, OURS);
  const theirSessions = async (contestant?: Contestant) =>
    contestant && signIn(contestant, betterAuthAt(contestant.running.url));
  const onSqlite = us.get('sqlite') as Contestant;
  const sqlite = await signIn(onSqlite, OURS);
  const limit = await bare(stage, onSqlite);
  const all: [string, Target | undefined][] = [
    ['bare node:http', { running: limit.running, requests: sqlite.requests }],
    ['Mercurius with jit, no lookup', target(await trivial(stage, 'mercurius'))],
    ['Bienvenue, SQLite', sqlite],
    ['Bienvenue, PostgreSQL', await ourSessions(us.get('postgresql'))],
    ['Bienvenue, MariaDB', await ourSessions(us.get('mariadb'))],
    ['Apollo stand-alone, no lookup', target(await trivial(stage, 'apollo'))],
    ['better-auth, SQLite', await theirSessions(theirs.get('sqlite'))],
    ['better-auth, PostgreSQL', await theirSessions(theirs.get('postgresql'))],
  ];
  return new Map(all.filter((entry): entry is [string, Target] => entry[1] !== undefined));
}

const target = ({ running, whoAmI }: Contestant): Target => ({ running, requests: [whoAmI] });

async function signIn({ running, whoAmI }: Contestant, { login, whoAmI: ofCookie }: Dialect): Promise<Target> {
  const requests = [whoAmI];
  while (requests.length < SESSIONS) {
    const { cookies } = await sendOnce(running.url, login);
    requests.push(rawRequest(running.url, ofCookie(cookies)));
  }
  return { running, requests };
}

function rows(seen: Map<string, Saturated[]>, bareRates: number[]): Row[] {
  return [...seen].map(([name, rounds]) => {
    const of = (figure: (each: Saturated, round: number) => number) => sample(rounds.map(figure));
    return {
      name,
      cells: {
        'requests/s': of(each => each.perSecond),
        '% of bare': of((each, round) => (100 * each.perSecond) / (bareRates[round] as number)),
        'CPU µs/request': of(each => each.cpu),
        'p50 ms': of(each => each.p50),
        'p99 ms': of(each => each.p99),
        'core busy %': of(each => 100 * each.busy),
      },
    };
  });
}
