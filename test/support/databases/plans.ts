import { randomUUID } from 'node:crypto';
import { ENGINE } from './new-database.ts';
import type { TestDatabase } from './test-database.ts';

const HOUR = 3_600_000;

/**
 * Fills each table with so many rows that a full scan is never the fastest plan, and updates the engine's statistics.
 * One row per table expires each hour from `now` on. The mails are those whose delivery was given up.
 */
export async function fillTables(database: TestDatabase, count: number, now: number): Promise<void> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const times = (n: number) => ({ created_at: now, expires_at: now + n * HOUR });
  const owned = (n: number) => ({ id: randomUUID(), user_id: ids[n], token_hash: hashOf(n), credential_version: 1 });
  const event = (n: number) => ({
    type: n % 100 === 0 ? 'DELETED' : 'SIGNED_IN',
    at: now,
    actor: 'USER',
    request_id: '',
  });
  const rowOf: Record<string, (n: number) => Record<string, unknown>> = {
    users: n => ({ ...named(n), id: ids[n], created_at: now, disabled: n % 100 === 0 }),
    user_roles: n => ({ id: randomUUID(), user_id: ids[n], role: n % 100 === 50 ? 'SUPPORT' : 'BILLING' }),
    account_events: n => ({ ...event(n), id: randomUUID(), user_id: ids[n % 50], expires_at: now + n * HOUR }),
    sessions: n => ({ ...owned(n), ...times(n), last_used_at: now, persistent: true }),
    tokens: n => ({ ...owned(n), ...times(n), purpose: 'reset-password' }),
    email_changes: n => ({
      ...{ id: randomUUID(), user_id: ids[n], number: 1, credential_version: 1, ...times(n), changed_at: now },
      ...{ old_email: `old${n}@fill`, old_canonical_email: `old${n}@fill`, new_email: `${n}@fill` },
    }),
    limits: n => ({ [KEY]: hashOf(n), hits: 1, blocked_until: 0, resets_at: now + n * HOUR }),
    outbox: n => ({ id: randomUUID(), kind: 'reset-password', address: `${n}@fill`, created_at: now }),
  };
  for (const [table, row] of Object.entries(rowOf)) {
    const rows = ids.map((_, n) => row(n));
    const texts = rows.map(each => `(${Object.values(each).map(literal).join(', ')})`);
    const into = `insert into ${table} (${Object.keys(rows[0] ?? {}).join(', ')}) values`;
    for (let from = 0; from < count; from += BATCH)
      await database.rows(`${into} ${texts.slice(from, from + BATCH).join(', ')}`);
  }
  await database.rows(ENGINE === 'mysql' ? `analyze table ${Object.keys(rowOf).join(', ')}` : 'analyze');
}

const named = (n: number) => ({ email: `${n}@fill`, canonical_email: `${n}@fill`, search_name: `name ${n}` });
const BATCH = 500;
const KEY = ENGINE === 'mysql' ? '`key`' : 'key';
const hashOf = (n: number) => n.toString(16).padStart(64, '0');
const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));

/** The tables that the engine would scan completely for this statement. */
export async function fullScans(database: TestDatabase, sql: string): Promise<string[]> {
  return PLANS[ENGINE as keyof typeof PLANS](database, withValues(sql));
}

/** The engine's plan for this statement, as text. */
export async function planOf(database: TestDatabase, sql: string): Promise<string> {
  return JSON.stringify(await database.rows(`${EXPLAIN[ENGINE as keyof typeof EXPLAIN]} ${withValues(sql)}`));
}

const EXPLAIN = { sqlite: 'explain query plan', postgresql: 'explain (format json)', mysql: 'explain' };

/** How the plans of the engines show that rows are sorted for `order by`. */
export const SORTS = /B-TREE FOR ORDER BY|"Node Type":"(Incremental )?Sort"|filesort/;

const withValues = (sql: string) =>
  sql.replaceAll(/'(?:[^']|'')*'|\?/g, part => (part === '?' ? `'${hashOf(1)}'` : part));

const PLANS = {
  async sqlite(database: TestDatabase, sql: string) {
    const steps = await database.rows(`explain query plan ${sql}`);
    const scans = steps.map(({ detail }) => /^SCAN (?!CONSTANT)(\S+)$/.exec(detail)?.[1]);
    // `evicted` is a common table expression, not a table.
    return scans.filter(name => name !== undefined && name !== 'evicted');
  },

  async postgresql(database: TestDatabase, sql: string) {
    const [{ 'QUERY PLAN': [{ Plan: plan }] = [{}] }] = await database.rows(`explain (format json) ${sql}`);
    return nodesOf(plan).flatMap(node => (node['Node Type'] === 'Seq Scan' ? [String(node['Relation Name'])] : []));
  },

  async mysql(database: TestDatabase, sql: string) {
    const steps = await database.rows(`explain ${sql}`);
    return steps.flatMap(({ type, table }) => (type === 'ALL' && !/^<|^evicted$/.test(table) ? [table] : []));
  },
};

interface PlanNode {
  [key: string]: unknown;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
