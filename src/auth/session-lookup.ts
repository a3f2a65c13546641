import type { Config } from '../config.ts';
import { CLOCK_SKEW, type Clock, MINUTE, SECOND } from '../core/clock.ts';
import { hashOf, isSecret } from '../core/secret.ts';
import type { Database } from '../persistence/database.ts';
import { Session } from './session.entity.ts';

/** A live session with its user, as read for one request. */
export interface ActiveSession {
  id: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  persistent: boolean;
  ipAddress: string | null;
  userAgent: string | null;
  user: SessionUser;
}

export interface SessionUser {
  id: string;
  email: string;
  emailVerified: boolean;
  name: string | null;
  createdAt: Date;
}

/**
 * The one query that every request with a session runs. A session whose user's credentials have changed since it was
 * given out is no row here, at once and on every replica.
 */
export const SESSION_BY_TOKEN = `
  select s.token_hash, s.id, s.created_at, s.last_used_at, s.expires_at, s.persistent, s.ip_address, s.user_agent,
         u.id as user_id, u.email, u.name, u.email_verified_at, u.created_at as user_created_at
  from sessions s join users u on u.id = s.user_id and u.credential_version = s.credential_version
  where s.token_hash = ?`;

interface Row {
  id: string;
  created_at: number;
  last_used_at: number;
  expires_at: number;
  persistent: number;
  ip_address: string | null;
  user_agent: string | null;
  user_id: string;
  email: string;
  name: string | null;
  email_verified_at: number | null;
  user_created_at: number;
}

/** Last use is written at most this often, so that reading stays reading; more often where idle time is that short. */
const LAST_USE_PRECISION = MINUTE;
const PRECISIONS_PER_IDLE_TIME = 10;
const WRITE_DELAY = SECOND;

/** Finds the session of a token, and remembers that it was used, or is over. One for the whole house, not one a request. */
export class SessionLookup {
  private readonly byToken: (tokenHash: string) => Promise<Row | undefined>;
  private readonly precision: number;
  private readonly used = new Set<string>();
  private readonly over = new Set<string>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly config: Config['session'],
    private readonly clock: Clock,
    private readonly failed: (error: unknown) => void,
  ) {
    this.byToken = database.prepareLookup<Row>(SESSION_BY_TOKEN);
    this.precision = Math.min(LAST_USE_PRECISION, config.idle / PRECISIONS_PER_IDLE_TIME);
  }

  /** The session, unless the token is unknown, ended, idle for too long, past its end, or before its beginning. */
  async find(token: string): Promise<ActiveSession | null> {
    if (!isSecret(token)) return null;
    const row = await this.byToken(hashOf(token));
    const now = this.clock.now().getTime();
    if (!row) return null;
    if (this.isOver(row, now)) {
      // Should the clock be set back one day, it stays over.
      this.note(this.over, row.id);
      return null;
    }
    // A last use that is still to come would keep it open for longer than the idle time.
    if (now >= row.last_used_at + this.precision || isFuture(row.last_used_at, now)) this.note(this.used, row.id);
    return openSession(row);
  }

  /** Writes the last uses and the ends that wait. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    // In one order on every replica, or two that write at once would wait for each other.
    const [used, over] = [[...this.used].sort(), [...this.over].sort()];
    this.used.clear();
    this.over.clear();
    const em = this.database.orm.em.fork();
    for (const ids of inBatches(used)) {
      const lastUsedAt = this.clock.now();
      const future = new Date(lastUsedAt.getTime() + CLOCK_SKEW);
      const older = [{ lastUsedAt: { $lt: lastUsedAt } }, { lastUsedAt: { $gt: future } }];
      await em.nativeUpdate(Session, { id: { $in: ids }, $or: older }, { lastUsedAt });
    }
    for (const ids of inBatches(over)) await em.nativeDelete(Session, { id: { $in: ids } });
  }

  private isOver(row: Row, now: number): boolean {
    return now >= row.expires_at || now >= row.last_used_at + this.config.idle || isFuture(row.created_at, now);
  }

  /** Not in the request's way, and many sessions in one commit. */
  private note(ids: Set<string>, id: string): void {
    ids.add(id);
    this.timer ??= setTimeout(() => void this.flush().catch(this.failed), WRITE_DELAY).unref();
  }
}

/** So many at once that a slow disk still answers in time. Whichever is not written is noted again at its next use. */
const BATCH = 200;

const inBatches = (ids: string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) => ids.slice(index * BATCH, (index + 1) * BATCH));

const isFuture = (time: number, now: number) => time > now + CLOCK_SKEW;

function openSession(row: Row): ActiveSession {
  return {
    id: row.id,
    createdAt: new Date(row.created_at),
    lastUsedAt: new Date(row.last_used_at),
    expiresAt: new Date(row.expires_at),
    persistent: Boolean(row.persistent),
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
    user: {
      id: row.user_id,
      email: row.email,
      emailVerified: row.email_verified_at !== null,
      name: row.name,
      createdAt: new Date(row.user_created_at),
    },
  };
}
