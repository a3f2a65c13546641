import { prepare } from '../prepared.ts';
import { type Findings, present, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

/** A start is short, so there are two per round. */
const STARTS_PER_ROUND = 2;

/** From the start of the process to the first correct response. */
export async function measure(stage: Stage): Promise<Findings> {
  const contestants = await prepare(stage);
  const turns = new Map(
    [...contestants].map(([name, { launch }]) => [
      name,
      async () => {
        const { running, ms } = await launch();
        running.stop();
        return ms;
      },
    ]),
  );
  // The first start reads files from disk, and the first stop writes the compile cache.
  for (const { launch } of contestants.values()) await (await launch()).end();
  const seen = await stage.inTurns(turns, stage.options.rounds * STARTS_PER_ROUND);
  const rows = [...seen].map(([name, rounds]) => ({ name, cells: { ms: sample(rounds) } }));
  return {
    tables: [{ title: 'Cold start', columns: ['ms'], rows }],
    ratios: present({ 'cold-start/better-auth': ratio(seen.get('Bienvenue'), seen.get('better-auth')) }),
  };
}
