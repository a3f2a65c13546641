import { setTimeout as wait } from 'node:timers/promises';
import { saturate } from '../load.ts';
import { type Prepared, prepare } from '../prepared.ts';
import { residentMegabytes } from '../processes.ts';
import { rawRequest } from '../raw-request.ts';
import { type Findings, present, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const IDLE = 3000;
/** Factor for the duration of the load: a heap needs time to grow. */
const LONGER = 4;
const MAX_ROUNDS = 3;

/** Resident memory of a fresh process, idle and after load. */
export async function measure(stage: Stage): Promise<Findings> {
  const { seconds, rounds } = stage.options;
  const contestants = await prepare(stage);
  const turns = new Map([...contestants].map(([name, each]) => [name, () => weigh(each, seconds * LONGER)]));
  const seen = await stage.inTurns(turns, Math.min(rounds, MAX_ROUNDS));
  const rows = [...seen].map(([name, rounds]) => ({
    name,
    cells: {
      'idle MB': sample(rounds.map(({ idle }) => idle)),
      [`after ${seconds * LONGER} s of load MB`]: sample(rounds.map(({ loaded }) => loaded)),
    },
  }));
  const of = (name: string, when: 'idle' | 'loaded') => seen.get(name)?.map(each => each[when]);
  return {
    tables: [{ title: 'Memory', columns: Object.keys(rows[0]?.cells ?? {}), rows }],
    ratios: present({
      'memory/idle': ratio(of('Bienvenue', 'idle'), of('better-auth', 'idle')),
      'memory/loaded': ratio(of('Bienvenue', 'loaded'), of('better-auth', 'loaded')),
    }),
  };
}

async function weigh({ whoAmI, launch }: Prepared, seconds: number): Promise<{ idle: number; loaded: number }> {
  const { running } = await launch();
  try {
    await wait(IDLE);
    const idle = residentMegabytes(running.pids());
    await saturate(running, [rawRequest(running.url, whoAmI)], seconds);
    return { idle, loaded: residentMegabytes(running.pids()) };
  } finally {
    running.stop();
  }
}
