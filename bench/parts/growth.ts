import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { profileOf, recipeOfOurs } from '../contestants.ts';
import type { BenchDatabase } from '../databases.ts';
import { fill, tokensOf } from '../fill.ts';
import { type Saturated, saturate } from '../load.ts';
import type { Running } from '../processes.ts';
import { type Operation, rawRequest, sendOnce } from '../raw-request.ts';
import { type Findings, present, type Row, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';
import { UPKEEP, upkeepOf } from '../upkeep.ts';

const WARM_UP = 2;
/** The same number of active sessions at each size … */
const ACTIVE = 1000;
/** … and at the largest size also enough to exceed every processor cache. */
const CROWD = 10_000;

/** Who am I by table size. Each size has a file and a server of its own. */
export async function measure(stage: Stage): Promise<Findings> {
  const { maxSessions, seconds } = stage.options;
  const sizes = [1e3, 1e4, 1e5, 1e6, 1e7].filter(size => size <= maxSessions);
  const megabytes = new Map<string, number>();
  const turns = new Map<string, () => Promise<Saturated>>();
  const left = new Map<number, { running: Running; place: BenchDatabase }>();
  for (const size of sizes) {
    const place = (await stage.database('sqlite')) as BenchDatabase;
    const running = await open(stage, place, size);
    megabytes.set(named(size), statSync(place.file).size / 1e6);
    left.set(size, { running, place });
    for (const [name, owners] of [
      [named(size), ACTIVE] as const,
      ...(size === 1e7 ? [[CROWDED, CROWD] as const] : []),
    ]) {
      const requests = tokensOf(size, owners).map(token => rawRequest(running.url, whoAmI(token)));
      turns.set(name, () => saturate(running, requests, seconds));
      await saturate(running, requests, Math.min(WARM_UP, seconds));
    }
  }
  const seen = await stage.inTurns(turns);
  const rows = [...seen].map(([name, rounds]) => ({
    name,
    cells: {
      'requests/s': sample(rounds.map(each => each.perSecond)),
      'CPU µs/request': sample(rounds.map(each => each.cpu)),
      'p99 ms': sample(rounds.map(each => each.p99)),
      ...present({ 'file MB': megabytes.has(name) ? sample([megabytes.get(name) as number]) : undefined }),
    },
  }));
  const upkeep: Row[] = [];
  for (const [size, { running, place }] of left) {
    running.stop();
    const seen = Object.entries(present({ ...(await upkeepOf(place, size)) }));
    upkeep.push({ name: named(size), cells: Object.fromEntries(seen.map(([what, value]) => [what, sample([value])])) });
  }
  const rate = (name: string) => seen.get(name)?.map(each => each.perSecond);
  const notes = maxSessions < 1e7 ? [`Stopped at ${maxSessions.toLocaleString('en')} sessions.`] : [];
  return {
    tables: [
      { title: 'Who am I', columns: ['requests/s', 'CPU µs/request', 'p99 ms', 'file MB'], rows },
      { title: 'Maintenance: milliseconds, and rows', columns: UPKEEP, rows: upkeep },
    ],
    ratios: present({
      growth: ratio(rate(named(1e7)), rate(named(1e3))),
      'growth/crowd': ratio(rate(CROWDED), rate(named(1e3))),
    }),
    notes,
  };
}

const named = (size: number) => `${size.toLocaleString('en')} sessions`;
const CROWDED = `${named(1e7)}, ten thousand in turn`;

const whoAmI = (token: string): Operation => ({ ...profileOf(`session_id=${token}`), expect: 'person-' });

async function open(stage: Stage, place: BenchDatabase, size: number): Promise<Running> {
  const { args, env } = recipeOfOurs(place);
  const migrated = spawnSync(process.execPath, [args[0] as string, 'migrate'], {
    env: { PATH: process.env.PATH, ...env },
  });
  if (migrated.status !== 0) throw new Error(String(migrated.stderr));
  fill(place.file, size);
  const running = await stage.start(args, env);
  const tokens = tokensOf(size, ACTIVE);
  for (const index of [0, -1]) await sendOnce(running.url, whoAmI(tokens.at(index) as string));
  return running;
}
