import SQLite from 'better-sqlite3';

const VERBS = ['run', 'get', 'all', 'iterate'] as const;

/** The SQL of every statement that is run meanwhile, in this process, by whichever handle. Each still does its work. */
export async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const handle = new SQLite(':memory:');
  const statement: SQLite.Statement = Object.getPrototypeOf(handle.prepare('select 1'));
  handle.close();

  const seen: string[] = [];
  const { run, get, all, iterate } = statement;
  for (const verb of VERBS) {
    const real = statement[verb] as (...parameters: unknown[]) => unknown;
    Object.assign(statement, {
      [verb](this: SQLite.Statement, ...parameters: unknown[]) {
        seen.push(this.source);
        return real.apply(this, parameters);
      },
    });
  }
  try {
    await work();
  } finally {
    Object.assign(statement, { run, get, all, iterate });
  }
  return seen;
}
