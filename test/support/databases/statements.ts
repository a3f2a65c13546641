import { ENGINE } from './new-database.ts';

type OnStatement = (sql: string) => void;
// biome-ignore lint/suspicious/noExplicitAny: client libraries do not type their prototypes
type OnCall = (self: unknown, statement: any) => void;
// biome-ignore lint/suspicious/noExplicitAny: client libraries do not type their prototypes
type Prototype = Record<string, (...parameters: any[]) => unknown>;

/**
 * Runs `work` and returns the SQL of every statement that any connection of this process executes meanwhile.
 * Numbered parameters are converted to question marks.
 */
export async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  return recordDuring(work, LISTENERS[ENGINE as keyof typeof LISTENERS]);
}

/** Runs `work` and returns the SQL of every statement that better-sqlite3 prepares meanwhile. */
export async function preparedDuring(work: () => Promise<unknown>): Promise<string[]> {
  const { default: SQLite } = await import('better-sqlite3');
  return recordDuring(work, async onStatement =>
    listen(SQLite.prototype as never, ['prepare'], (_, sql) => onStatement(sql)),
  );
}

async function recordDuring(
  work: () => Promise<unknown>,
  listener: (onStatement: OnStatement) => Promise<() => void>,
): Promise<string[]> {
  const statements: string[] = [];
  const stop = await listener(sql => statements.push(sql));
  try {
    await work();
  } finally {
    stop();
  }
  return statements;
}

const LISTENERS = {
  async sqlite(onStatement: OnStatement) {
    const { default: SQLite } = await import('better-sqlite3');
    const handle = new SQLite(':memory:');
    const statement = Object.getPrototypeOf(handle.prepare('select 1')) as Prototype;
    handle.close();
    const methods = ['run', 'get', 'all', 'iterate'];
    return listen(statement, methods, prepared => onStatement((prepared as { source: string }).source));
  },

  async postgresql(onStatement: OnStatement) {
    const { default: pg } = await import('pg');
    const client = pg.Client.prototype as unknown as Prototype;
    return listen(client, ['query'], (_, query) =>
      onStatement(withQuestionMarks(typeof query === 'string' ? query : query.text)),
    );
  },

  async mysql(onStatement: OnStatement) {
    const { default: mysql } = await import('mysql2');
    const { prototype } = (mysql as unknown as { Connection: { prototype: Prototype } }).Connection;
    return listen(prototype, ['query', 'execute'], (_, query) =>
      onStatement(typeof query === 'string' ? query : query.sql),
    );
  },
};

const withQuestionMarks = (sql: string) => sql.replaceAll(/\$\d+/g, '?');

/** Reports every call of these methods. Returns a function that restores the originals. */
function listen(prototype: Prototype, methods: string[], onCall: OnCall): () => void {
  const originals = methods.map(method => Object.getOwnPropertyDescriptor(prototype, method));
  for (const method of methods) {
    const call = prototype[method] as Prototype[string];
    prototype[method] = function (this: unknown, ...parameters: unknown[]) {
      onCall(this, parameters[0]);
      return call.apply(this, parameters);
    };
  }
  return () => {
    for (const [index, method] of methods.entries()) {
      const descriptor = originals[index];
      if (descriptor) Object.defineProperty(prototype, method, descriptor);
      else delete prototype[method];
    }
  };
}
