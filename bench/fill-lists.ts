import SQLite from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { BenchDatabase } from './databases.ts';

/** Users whose address starts with `old-`: all of the oldest ones. */
export const OLD = 12_000;
/** One user in this many has the role SUPPORT, is disabled, and has an event of the type DELETED. */
export const RARE = 100;
/** Users whom the events belong to. */
const OWNERS = 1000;

/** How an engine writes what the statements need. */
interface Dialect {
  /** An integer division. */
  divide(expression: string, by: number): string;
  /** Lower-case hexadecimal digits, padded with zeros. */
  hex(expression: string, digits: number): string;
  /** The numbers 0, 1, … in column `n`: before and after the columns of a select. */
  numbers(count: number): { before: string; from: string };
}

const DIALECTS: Record<BenchDatabase['kind'], Dialect> = {
  sqlite: {
    divide: (expression, by) => `(${expression}) / ${by}`,
    hex: (expression, digits) => `printf('%0${digits}x', ${expression})`,
    numbers: count => ({
      before: `with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < ${count - 1})`,
      from: 'numbers',
    }),
  },
  postgresql: {
    divide: (expression, by) => `(${expression}) / ${by}`,
    hex: (expression, digits) => `lpad(to_hex(${expression}), ${digits}, '0')`,
    numbers: count => ({ before: '', from: `generate_series(0, ${count - 1}) as numbers (n)` }),
  },
  mariadb: {
    divide: (expression, by) => `(${expression}) div ${by}`,
    hex: (expression, digits) => `lpad(lower(hex(${expression})), ${digits}, '0')`,
    numbers: count => ({ before: '', from: `(select seq as n from seq_0_to_${count - 1}) numbers` }),
  },
};

/** The id of the row with this number, as the service creates them: ordered by time. */
export function idOf(n: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `01900000-${hex(Math.floor(n / 65536), 4)}-7000-8000-${hex(n, 12)}`;
}

/** Fills the empty tables with this many users and as many events, and updates the statistics of a server. */
export async function fillLists(place: BenchDatabase, count: number): Promise<void> {
  const { divide, hex, numbers } = DIALECTS[place.kind];
  const asId = place.kind === 'postgresql' ? (text: string) => `(${text})::uuid` : (text: string) => text;
  const id = (n: string) => asId(`concat('01900000-', ${hex(divide(n, 65536), 4)}, '-7000-8000-', ${hex(n, 12)})`);
  const { before, from } = numbers(count);
  const email = `concat(case when n < ${OLD} then 'old-' else 'person-' end, n, '@example.org')`;
  const now = Date.now();
  const isRare = `n % ${RARE} = 0`;
  const run = await connect(place);
  await run(`insert into users (id, email, canonical_email, name, search_name, created_at, disabled)
    ${before} select ${id('n')}, ${email}, ${email}, concat('Name ', n), concat('name ', n), ${now}, ${isRare} from ${from}`);
  await run(`insert into user_roles (id, user_id, role)
    ${before} select ${id('n')}, ${id('n')}, case when ${isRare} then 'SUPPORT' else 'MEMBER' end from ${from}`);
  await run(`insert into account_events (id, type, at, user_id, actor, request_id, expires_at)
    ${before} select ${id('n')}, case when ${isRare} then 'DELETED' else 'SIGNED_IN' end, ${now}, ${id(`n % ${OWNERS}`)},
      'USER', '', ${now + 86_400_000 * 90} from ${from}`);
  if (place.kind === 'postgresql') await run('analyze');
  if (place.kind === 'mariadb') await run('analyze table users, user_roles, account_events');
  await run.end();
}

type Run = ((sql: string) => Promise<unknown>) & { end(): Promise<unknown> };

async function connect({ kind, url, file }: BenchDatabase): Promise<Run> {
  if (kind === 'sqlite') {
    const database = new SQLite(file);
    database.pragma('synchronous = off');
    return Object.assign(async (sql: string) => database.exec(sql), { end: async () => database.close() });
  }
  if (kind === 'postgresql') {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return Object.assign((sql: string) => client.query(sql), { end: () => client.end() });
  }
  const connection = await mysql.createConnection(url);
  return Object.assign((sql: string) => connection.query(sql), { end: () => connection.end() });
}
