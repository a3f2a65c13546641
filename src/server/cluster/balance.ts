/** Two reports: by then whoever was sent away has come again, and is counted where it came to. */
const REPORTS = 2;

/** Who has that part more than the others, and two connections at least, has too much. Less is not worth a new connection. */
const TOLERATED = 1 / 8;
const FEWEST = 2;

interface Count {
  connections: number;
  /** Since the last look. */
  reports: number;
}

/**
 * How the connections lie on several workers. The kernel gives those of a burst to whoever comes first, which may be one
 * worker for all of them, and connections live long.
 */
export class Balance<Worker> {
  private readonly counts = new Map<Worker, Count>();

  add(worker: Worker): void {
    this.counts.set(worker, { connections: 0, reports: 0 });
  }

  delete(worker: Worker): void {
    this.counts.delete(worker);
  }

  /** `connections`: in use. Gives by how many each has too much; nothing until all have reported again. */
  hear(worker: Worker, connections: number): [Worker, number][] {
    const count = this.counts.get(worker);
    if (!count) return [];
    count.connections = connections;
    count.reports += 1;
    const counts = [...this.counts.values()];
    if (counts.some(({ reports }) => reports < REPORTS)) return [];
    for (const each of counts) each.reports = 0;
    const share = counts.reduce((sum, each) => sum + each.connections, 0) / counts.length;
    return [...this.counts].map(([each, { connections }]) => [each, surplus(connections, share)]);
  }
}

function surplus(connections: number, share: number): number {
  const more = Math.floor(connections - share);
  return more >= Math.max(FEWEST, share * TOLERATED) ? more : 0;
}
