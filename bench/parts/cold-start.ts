import { prepare } from '../prepared.ts';
import { type Findings, present, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

/** As many as there are rounds, twice: a start is short. */
const STARTS_A_ROUND = 2;

/** From the start of the process to the first right answer. */
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
  // The first start of each reads its files from the disk, and where it keeps what V8 compiled, it does so at its end.
  for (const { launch } of contestants.values()) await (await launch()).end();
  const seen = await stage.inTurns(turns, stage.options.rounds * STARTS_A_ROUND);
  const rows = [...seen].map(([name, rounds]) => ({ name, cells: { ms: sample(rounds) } }));
  return {
    tables: [{ title: 'Cold start', columns: ['ms'], rows }],
    ratios: present({ 'cold-start/better-auth': ratio(seen.get('Bienvenue'), seen.get('better-auth')) }),
  };
}
