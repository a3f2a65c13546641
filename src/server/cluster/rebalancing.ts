/** A smaller excess is not worth new connections: it has to reach an eighth of the fair share, and two connections. */
const TOLERANCE = 1 / 8;
const MIN_EXCESS = 2;

/**
 * How many connections each worker has to close to get down to its fair share. `inUse`: its connections in use. The
 * kernel may assign a whole burst of connections to one worker.
 */
export function excessConnections<Worker>(inUse: ReadonlyMap<Worker, number>): [Worker, number][] {
  const share = [...inUse.values()].reduce((sum, connections) => sum + connections, 0) / inUse.size;
  const isWorthwhile = (excess: number) => excess >= Math.max(MIN_EXCESS, share * TOLERANCE);
  return [...inUse].map(([worker, connections]) => {
    const excess = Math.floor(connections - share);
    return [worker, isWorthwhile(excess) ? excess : 0];
  });
}
