import { ours } from '../contestants.ts';
import type { Kind } from '../databases.ts';
import { type Saturated, saturate } from '../load.ts';
import { limitEach } from '../quota.ts';
import { type Findings, present, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const WARM_UP = 2;
/** Times as long as other parts: in the first second the connections lie as their burst has put them. */
const LONGER = 3;
/** No core is kept for anybody. */
const LOAD = { pin: false, connections: 64 };

interface Pair {
  /** The name of the ratio. */
  id: string;
  kind: Kind;
  name: string;
  /** Of a core, for each process. */
  share: number;
}

/** The load needs a core or nearly so: what two processes are worth shows where each of them has half of one. */
const PAIRS: Pair[] = [
  { id: 'workers', kind: 'sqlite', name: 'SQLite, half a core each', share: 0.5 },
  { id: 'workers/postgresql', kind: 'postgresql', name: 'PostgreSQL, half a core each', share: 0.5 },
];
/** And what is left of it where the load shares both cores. */
const SHARED: Pair = {
  id: 'workers/shared',
  kind: 'sqlite',
  name: 'SQLite, what the load leaves of two cores',
  share: 1,
};

export async function measure(stage: Stage): Promise<Findings> {
  const turns = new Map<string, () => Promise<Saturated>>();
  const pairs = [...PAIRS, SHARED];
  for (const pair of pairs) {
    for (const processes of [1, 2]) {
      const turn = await contestant(stage, pair, processes);
      if (turn) turns.set(named(pair, processes), turn);
    }
  }
  const seen = await stage.inTurns(turns);
  const rate = (pair: Pair, processes: number) => seen.get(named(pair, processes))?.map(each => each.perSecond);
  const rows = [...seen].map(([name, rounds]) => ({
    name,
    cells: {
      'requests/s': sample(rounds.map(each => each.perSecond)),
      'CPU µs/request': sample(rounds.map(each => each.cpu)),
      'CPU µs/request of the load': sample(rounds.map(each => each.loadCpu)),
      'cores busy by the servers': sample(rounds.map(each => each.busy)),
      'p99 ms': sample(rounds.map(each => each.p99)),
    },
  }));
  return {
    tables: [{ title: 'One process and two', columns: Object.keys(rows[0]?.cells ?? {}), rows }],
    ratios: present(Object.fromEntries(pairs.map(pair => [pair.id, ratio(rate(pair, 2), rate(pair, 1))]))),
    notes: sharedCores(seen.get(named(SHARED, 1))),
  };
}

const named = ({ name }: Pair, processes: number) => `${name}: ${processes === 1 ? 'one' : 'two'}`;

/** Undefined, and said in the report, where the machine lacks what it needs. */
async function contestant(stage: Stage, { kind, share }: Pair, processes: number) {
  const place = await stage.database(kind);
  if (!place) return;
  const { running, whoAmI } = await ours(stage, place, { BIENVENUE_WORKERS: String(processes) }, false);
  const run = (seconds: number) => saturate(running, [whoAmI], seconds, LOAD);
  await run(Math.min(WARM_UP, stage.options.seconds));
  if (share < 1) {
    try {
      stage.atEnd(limitEach(running.pids(), share));
    } catch (error) {
      stage.miss(`half a core each: ${(error as Error).message}`);
      return;
    }
  }
  return () => run(LONGER * stage.options.seconds);
}

/** What two cores could give at most, were nothing dearer for two processes than for one. */
function sharedCores(one: Saturated[] | undefined): string[] {
  if (!one) return [];
  const middle = (of: (each: Saturated) => number) => sample(one.map(of)).median;
  const most = (2 * 1e6) / (middle(each => each.cpu) + middle(each => each.loadCpu));
  const bound = (most / middle(each => each.perSecond)).toFixed(2);
  return [`Where the load shares the cores, two cannot give more than ${bound} × one: it takes its part.`];
}
