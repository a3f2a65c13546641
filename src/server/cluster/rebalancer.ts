/** Reports per worker between two rebalancings. Clients need the time to connect again before they are counted. */
const REPORTS_PER_ROUND = 2;
/** A smaller excess is not worth new connections: it has to reach an eighth of the fair share, and two connections. */
const TOLERANCE = 1 / 8;
const MIN_EXCESS = 2;

interface Load {
  connections: number;
  reports: number;
}

/** Finds workers with too many connections. The kernel may assign a whole burst of connections to one of them. */
export class Rebalancer<Worker> {
  private readonly loads = new Map<Worker, Load>();

  add(worker: Worker): void {
    this.loads.set(worker, { connections: 0, reports: 0 });
  }

  delete(worker: Worker): void {
    this.loads.delete(worker);
  }

  /**
   * Records a worker's connections in use. Returns the excess of every worker once all have reported; otherwise
   * nothing.
   */
  report(worker: Worker, connections: number): [Worker, number][] {
    const load = this.loads.get(worker);
    if (!load) return [];
    load.connections = connections;
    load.reports += 1;
    const loads = [...this.loads.values()];
    if (loads.some(({ reports }) => reports < REPORTS_PER_ROUND)) return [];
    for (const each of loads) each.reports = 0;
    const share = loads.reduce((sum, { connections }) => sum + connections, 0) / loads.length;
    return [...this.loads].map(([each, { connections }]) => [each, excess(connections, share)]);
  }
}

function excess(connections: number, share: number): number {
  const more = Math.floor(connections - share);
  return more >= Math.max(MIN_EXCESS, share * TOLERANCE) ? more : 0;
}
