import { ENGINE } from './new-database.ts';

type Hear = (sql: string) => void;
// biome-ignore lint/suspicious/noExplicitAny: of a client library that tells nobody of this
type Prototype = Record<string, (...parameters: any[]) => unknown>;

/**
 * The SQL of every statement that is run meanwhile, in this process, by whichever handle. Each still does its work.
 * Where the engine wants its parameters numbered, they are question marks here all the same.
 */
export async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  return heardDuring(work, LISTENERS[ENGINE as keyof typeof LISTENERS]);
}

/** The SQL of every statement that SQLite's client prepares meanwhile. */
export async function preparedDuring(work: () => Promise<unknown>): Promise<string[]> {
  const { default: SQLite } = await import('better-sqlite3');
  return heardDuring(work, async hear => listen(SQLite.prototype as never, ['prepare'], (_, sql) => hear(sql)));
}

async function heardDuring(
  work: () => Promise<unknown>,
  listener: (hear: Hear) => Promise<() => void>,
): Promise<string[]> {
  const heard: string[] = [];
  const leave = await listener(sql => heard.push(sql));
  try {
    await work();
  } finally {
    leave();
  }
  return heard;
}

const LISTENERS = {
  async sqlite(hear: Hear) {
    const { default: SQLite } = await import('better-sqlite3');
    const handle = new SQLite(':memory:');
    const statement = Object.getPrototypeOf(handle.prepare('select 1')) as Prototype;
    handle.close();
    const verbs = ['run', 'get', 'all', 'iterate'];
    return listen(statement, verbs, prepared => hear((prepared as { source: string }).source));
  },

  async postgresql(hear: Hear) {
    const { default: pg } = await import('pg');
    const client = pg.Client.prototype as unknown as Prototype;
    return listen(client, ['query'], (_, query) => hear(questioned(typeof query === 'string' ? query : query.text)));
  },

  async mysql(hear: Hear) {
    const { default: mysql } = await import('mysql2');
    const { prototype } = (mysql as unknown as { Connection: { prototype: Prototype } }).Connection;
    return listen(prototype, ['query', 'execute'], (_, query) => hear(typeof query === 'string' ? query : query.sql));
  },
};

const questioned = (sql: string) => sql.replaceAll(/\$\d+/g, '?');

/** Hears of every call of these verbs. Gives back what ends it. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function listen(prototype: Prototype, verbs: string[], hear: (self: unknown, statement: any) => void): () => void {
  const real = verbs.map(verb => Object.getOwnPropertyDescriptor(prototype, verb));
  for (const verb of verbs) {
    const call = prototype[verb] as Prototype[string];
    prototype[verb] = function (this: unknown, ...parameters: unknown[]) {
      hear(this, parameters[0]);
      return call.apply(this, parameters);
    };
  }
  return () => {
    for (const [index, verb] of verbs.entries()) {
      const descriptor = real[index];
      if (descriptor) Object.defineProperty(prototype, verb, descriptor);
      else delete prototype[verb];
    }
  };
}
