import { type Contestant, inNewTexts, ours } from '../contestants.ts';
import type { Kind } from '../databases.ts';
import { type Saturated, saturate } from '../load.ts';
import { type Findings, present, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';
import type { Wire } from '../wire.ts';

const WARM_UP = 2;
const DATABASES: [Kind, string][] = [
  ['sqlite', 'SQLite'],
  ['postgresql', 'PostgreSQL'],
];

/** One process and two, which share both cores with the load: so also with what the load has least to do with. */
export async function measure(stage: Stage): Promise<Findings> {
  const { seconds } = stage.options;
  const turns = new Map<string, () => Promise<Saturated>>();
  for (const [kind, database] of DATABASES) {
    for (const workers of [1, 2]) {
      const contestant = await open(stage, kind, workers);
      if (!contestant) continue;
      const { running, whoAmI } = contestant;
      const asked: [string, Wire[]][] = [[named(database, workers), [whoAmI]]];
      if (kind === 'sqlite') asked.push([named(NEW, workers), inNewTexts(contestant)]);
      for (const [name, wires] of asked) {
        const run = (seconds: number) => saturate(running, wires, seconds, { pin: false });
        turns.set(name, () => run(seconds));
        await run(Math.min(WARM_UP, seconds));
      }
    }
  }
  const seen = await stage.inTurns(turns);
  const rate = (database: string, workers: number) => seen.get(named(database, workers))?.map(each => each.perSecond);
  const gain = (database: string) => ratio(rate(database, 2), rate(database, 1));
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
    ratios: present({
      workers: gain('SQLite'),
      'workers/new-texts': gain(NEW),
      'workers/postgresql': gain('PostgreSQL'),
    }),
    notes: sharedCores(seen),
  };
}

const NEW = 'SQLite, new texts';

const named = (database: string, workers: number) => `${database}, ${workers === 1 ? 'one' : 'two'}`;

async function open(stage: Stage, kind: Kind, workers: number): Promise<Contestant | undefined> {
  const place = await stage.database(kind);
  return place && ours(stage, place, { BIENVENUE_WORKERS: String(workers) }, false);
}

/** What two cores could give at most, were nothing dearer for two processes than for one. */
function sharedCores(seen: Map<string, Saturated[]>): string[] {
  return ['SQLite', NEW].flatMap(asked => {
    const one = seen.get(named(asked, 1));
    if (!one) return [];
    const middle = (of: (each: Saturated) => number) => sample(one.map(of)).median;
    const most = (2 * 1e6) / (middle(each => each.cpu) + middle(each => each.loadCpu));
    const bound = (most / middle(each => each.perSecond)).toFixed(2);
    return [`${asked}: two cores cannot give more than ${bound} × one process here, since the load takes its part.`];
  });
}
