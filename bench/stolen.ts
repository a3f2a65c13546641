import { readFileSync } from 'node:fs';

/** How much processor time other machines on the same host may take before it has to be said. */
const NOTEWORTHY = 0.01;

/** Begins to watch; what it returns says what was taken since, where that is worth a sentence. */
export function stolenShare(): () => string[] {
  const before = times();
  return () => {
    const after = times();
    const total = after.total - before.total;
    const share = (after.stolen - before.stolen) / total;
    return share > NOTEWORTHY ? [`Other machines took ${(100 * share).toFixed(1)} % of the processor meanwhile.`] : [];
  };
}

/** In the first line of /proc/stat, the eighth figure is what a host gave to others. */
function times(): { total: number; stolen: number } {
  try {
    const figures =
      readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
    return { total: figures.reduce((a, b) => a + b, 0), stolen: figures[7] ?? 0 };
  } catch {
    return { total: 1, stolen: 0 };
  }
}
