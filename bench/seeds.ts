import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import SQLite from 'better-sqlite3';
import { AUTH_SECRET } from './contestants.ts';
import { PERSON } from './operations.ts';

/** An existing, signed-in user: registering a thousand would take minutes. */
export interface Seeded {
  email: string;
  cookie: string;
}

/** Copies of the registered user, each with a session. */
export function seedOurs(file: string, count: number): Seeded[] {
  return inOneTransaction(file, count, copy => {
    const [id, email, token] = [randomUUID(), `${randomUUID()}@example.org`, randomBytes(32).toString('base64url')];
    copy('users', `email = '${PERSON.email}'`, { id, email, canonical_email: email });
    const token_hash = createHash('sha256').update(token).digest('hex');
    copy('sessions', '1', { id: randomUUID(), user_id: id, token_hash });
    return { email, cookie: `session_id=${token}` };
  });
}

/** The same for better-auth, which signs its cookie. */
export function seedBetterAuth(file: string, count: number): Seeded[] {
  return inOneTransaction(file, count, copy => {
    const [id, email, token] = [randomUUID(), `${randomUUID()}@example.org`, randomBytes(24).toString('base64url')];
    copy('user', `email = '${PERSON.email}'`, { id, email });
    copy('account', '1', { id: randomUUID(), userId: id, accountId: id });
    copy('session', '1', { id: randomUUID(), userId: id, token });
    const signature = createHmac('sha256', AUTH_SECRET).update(token).digest('base64');
    return { email, cookie: `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}` };
  });
}

type Copy = (table: string, where: string, changes: Record<string, string>) => void;

function inOneTransaction<T>(file: string, count: number, make: (copy: Copy) => T): T[] {
  const database = new SQLite(file);
  const all = database.transaction(() => Array.from({ length: count }, () => make(rowCopier(database))));
  const results = all.immediate();
  database.close();
  return results;
}

/** Copies any matching row with some columns replaced. */
function rowCopier(database: SQLite.Database): Copy {
  return (table, where, changes) => {
    const columns = database.pragma(`table_info("${table}")`) as { name: string }[];
    const names = columns.map(({ name }) => `"${name}"`);
    const values = columns.map(({ name }) => (name in changes ? `@${name}` : `"${name}"`));
    const sql = `insert into "${table}" (${names}) select ${values} from "${table}" where ${where} limit 1`;
    database.prepare(sql).run(changes);
  };
}
