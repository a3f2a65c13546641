import { createHash } from 'node:crypto';
import SQLite from 'better-sqlite3';

const SESSIONS_PER_USER = 10;
/** Maximum number of sessions with a known token. The others differ in nothing else. */
const MAX_KNOWN = 10_000;

/** Tokens of up to `requested` sessions, spread evenly over the table. */
export function tokensOf(size: number, requested: number): string[] {
  const known = Math.min(size, MAX_KNOWN);
  const count = Math.min(requested, known);
  return Array.from({ length: count }, (_, index) => tokenOf(Math.floor((index * known) / count)));
}

/** Fills the empty tables with this many sessions. Not crash-safe while it runs. */
export function fill(file: string, size: number): void {
  const database = new SQLite(file);
  database.pragma('synchronous = off');
  database.pragma('journal_mode = off');
  database.pragma('foreign_keys = off');
  database.function('known_hash', index =>
    createHash('sha256')
      .update(tokenOf(Number(index)))
      .digest('hex'),
  );
  // Building an index at the end is a hundred times faster than inserting hashes in random order.
  const indexes = database
    .prepare<[], { name: string; sql: string }>(
      "select name, sql from sqlite_master where type = 'index' and sql is not null",
    )
    .all();
  for (const { name } of indexes) database.exec(`drop index "${name}"`);
  insert(database, size);
  for (const { sql } of indexes) database.exec(sql);
  database.pragma('journal_mode = wal');
  database.close();
}

function insert(database: SQLite.Database, size: number): void {
  const now = Date.now();
  const stride = size / Math.min(size, MAX_KNOWN);
  database
    .prepare(`
    insert into users (id, email, canonical_email, password_hash, credential_version, created_at)
    ${upTo(Math.ceil(size / SESSIONS_PER_USER))}
    select ${id('n')}, 'person-' || n || '@example.org', 'person-' || n || '@example.org', null, 1, ${now} from numbers`)
    .run();
  database
    .prepare(`
    insert into sessions (id, user_id, token_hash, credential_version, persistent, created_at, last_used_at, expires_at,
                          ip_address, user_agent)
    ${upTo(size)}
    select ${id('n')}, ${id(`n / ${SESSIONS_PER_USER}`)},
           case when n % ${stride} = 0 then known_hash(n / ${stride}) else lower(hex(randomblob(32))) end,
           1, 1, ${now}, ${now}, ${now + 20 * 86_400_000}, '127.0.0.1',
           'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    from numbers`)
    .run();
}

const upTo = (count: number) =>
  `with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < ${count - 1})`;

/** UUIDv7 as the service creates them: ordered by time. */
const id = (number: string) => `printf('01900000-%04x-7000-8000-%012x', (${number}) / 65536, ${number})`;

const tokenOf = (index: number) => createHash('sha256').update(`session ${index}`).digest('base64url');
