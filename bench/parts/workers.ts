import { ours } from '../contestants.ts';
import type { Kind } from '../databases.ts';
import { type Saturated, saturate } from '../load.ts';
import { limitEach } from '../quota.ts';
import { type Findings, present, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const WARM_UP = 2;
/** Factor for the duration: in the first second the connections are spread as the kernel accepted them. */
const LONGER = 3;
/** Neither server nor load is pinned. */
const LOAD = { pin: false, connections: 64 };

interface Pair {
  /** The name of the ratio. */
  id: string;
  kind: Kind;
  name: string;
  /** Of a core, for each process. */
  share: number;
}

/** The load needs nearly a core, so the gain of a second process shows when each has half a core. */
const PAIRS: Pair[] = [
  { id: 'workers', kind: 'sqlite', name: 'SQLite, half a core each', share: 0.5 },
  { id: 'workers/postgresql', kind: 'postgresql', name: 'PostgreSQL, half a core each', share: 0.5 },
];
/** And the gain that remains when the load shares both cores. */
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
      'cores used by the servers': sample(rounds.map(each => each.busy)),
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

/** Undefined, with a line in the report, when the machine lacks a requirement. */
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
      stage.reportAbsent(`half a core each: ${(error as Error).message}`);
      return;
    }
  }
  return () => run(LONGER * stage.options.seconds);
}

/** The upper bound for two processes when each request costs the same as with one. */
function sharedCores(one: Saturated[] | undefined): string[] {
  if (!one) return [];
  const middle = (of: (each: Saturated) => number) => sample(one.map(of)).median;
  const ceiling = (2 * 1e6) / (middle(each => each.cpu) + middle(each => each.loadCpu));
  const bound = (ceiling / middle(each => each.perSecond)).toFixed(2);
  return [`When the load shares the cores, two processes can reach at most ${bound} × one.`];
}
