import { readFileSync } from 'node:fs';

/** Share of the processor time taken by other machines on the host that is worth a remark. */
const NOTEWORTHY = 0.01;

/** Starts watching; the returned function yields a remark when the share since then is noteworthy. */
export function stolenShare(): () => string[] {
  const before = times();
  return () => {
    const after = times();
    const total = after.total - before.total;
    const share = (after.stolen - before.stolen) / total;
    return share > NOTEWORTHY ? [`Other machines took ${(100 * share).toFixed(1)} % of the processor meanwhile.`] : [];
  };
}

/** The eighth figure in the first line of /proc/stat is the stolen time. */
function times(): { total: number; stolen: number } {
  try {
    const figures =
      readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
    return { total: figures.reduce((a, b) => a + b, 0), stolen: figures[7] ?? 0 };
  } catch {
    return { total: 1, stolen: 0 };
  }
}
