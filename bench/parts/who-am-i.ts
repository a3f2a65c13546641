import { bare, betterAuth, type Contestant, onEach, ours, trivial } from '../contestants.ts';
import { type Saturated, saturate } from '../load.ts';
import { type Findings, present, type Row, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const WARM_UP = 2;

/** Who is there, asked over 32 connections as fast as the answers come: ours on each database, and the others. */
export async function measure(stage: Stage): Promise<Findings> {
  const contestants = await open(stage);
  const { seconds } = stage.options;
  for (const { running, whoAmI } of contestants.values()) await saturate(running, [whoAmI], Math.min(WARM_UP, seconds));
  const turns = new Map(
    [...contestants].map(([name, { running, whoAmI }]) => [name, () => saturate(running, [whoAmI], seconds)]),
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
        `${name} used ${(100 * sample(rounds.map(each => each.busy)).median).toFixed(0)} % of its core only: it waited for something else.`,
    ),
  };
}

const COLUMNS = ['requests/s', '% of bare', 'CPU µs/request', 'p50 ms', 'p99 ms', 'core busy %'];

async function open(stage: Stage): Promise<Map<string, Contestant>> {
  const us = await onEach(stage, ['sqlite', 'postgresql', 'mariadb'], place => ours(stage, place));
  const theirs = await onEach(stage, ['sqlite', 'postgresql'], place => betterAuth(stage, place));
  const onSqlite = us.get('sqlite') as Contestant;
  const all: [string, Contestant | undefined][] = [
    ['bare node:http', await bare(stage, onSqlite)],
    ['Mercurius with jit, nobody looked up', await trivial(stage, 'mercurius')],
    ['Bienvenue, SQLite', onSqlite],
    ['Bienvenue, PostgreSQL', us.get('postgresql')],
    ['Bienvenue, MariaDB', us.get('mariadb')],
    ['Apollo stand-alone, nobody looked up', await trivial(stage, 'apollo')],
    ['better-auth, SQLite', theirs.get('sqlite')],
    ['better-auth, PostgreSQL', theirs.get('postgresql')],
  ];
  return new Map(all.filter((entry): entry is [string, Contestant] => entry[1] !== undefined));
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
