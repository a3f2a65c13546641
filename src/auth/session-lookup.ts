import { CLOCK_SKEW, type Clock, MINUTE, SECOND } from '../core/clock.ts';
import { hashOf, isSecret } from '../core/secret.ts';
import type { Options } from '../options.ts';
import type { Database } from '../persistence/database.ts';
import type { ActiveSession } from './projection.ts';
import { Session } from './session.entity.ts';
import { type Row, sessionColumns, sessionQuery } from './session-query.ts';

/** Minimum time between two writes of a session's last use, so that most requests only read. */
const LAST_USE_PRECISION = MINUTE;
/** With a short idle timeout, last uses are written this many times within it. */
const WRITES_PER_IDLE_TIMEOUT = 10;
const WRITE_DELAY = SECOND;
/** Rows per statement: few enough that a slow disk still responds in time. The next use repeats a lost update. */
const BATCH_SIZE = 200;

/** Finds the session of a token, and records that it was used or has expired. One instance for all requests. */
export class SessionLookup {
  private readonly findByTokenHash: (tokenHash: string) => Promise<Row | undefined>;
  private readonly columns;
  private readonly precision: number;
  private readonly used = new Set<string>();
  private readonly expired = new Set<string>();
  private timer?: NodeJS.Timeout;
  private lastFlush: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly options: Pick<Options, 'sessionIdle' | 'sessionLifetime'>,
    private readonly clock: Clock,
    private readonly onWriteError: (error: unknown) => void,
  ) {
    this.columns = sessionColumns(database.orm.getMetadata());
    this.findByTokenHash = database.prepareLookup<Row>({
      sql: condition => sessionQuery(database, condition),
      key: row => String(row.token_hash),
    });
    this.precision = Math.min(LAST_USE_PRECISION, options.sessionIdle / WRITES_PER_IDLE_TIMEOUT);
  }

  /** Null when the token is unknown, revoked, idle for too long, expired, or dated in the future. */
  async find(token: string): Promise<ActiveSession | null> {
    if (!isSecret(token)) return null;
    const row = await this.findByTokenHash(hashOf(token));
    if (!row) return null;
    const session = this.toSession(row);
    const now = this.clock.now().getTime();
    if (this.isExpired(session, now)) {
      // Deleted, so that it stays expired if the clock is set back later.
      this.record(this.expired, session.id);
      return null;
    }
    const lastUse = session.lastUsedAt.getTime();
    // A last use in the future would keep the session open beyond its idle timeout.
    if (now >= lastUse + this.precision || isFuture(lastUse, now)) this.record(this.used, session.id);
    return session;
  }

  /** Writes the last uses and deletes the expired sessions that were recorded, after an earlier flush has ended. */
  flush(): Promise<void> {
    this.lastFlush = this.lastFlush.catch(() => {}).then(() => this.write());
    return this.lastFlush;
  }

  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Sorted, because two replicas that update the same rows in different orders would deadlock.
    const [used, expired] = [[...this.used].sort(), [...this.expired].sort()];
    this.used.clear();
    this.expired.clear();
    const em = this.database.orm.em.fork();
    for (const ids of batches(used)) {
      const lastUsedAt = this.clock.now();
      const latest = new Date(lastUsedAt.getTime() + CLOCK_SKEW);
      const outdated = [{ lastUsedAt: { $lt: lastUsedAt } }, { lastUsedAt: { $gt: latest } }];
      await em.nativeUpdate(Session, { id: { $in: ids }, $or: outdated }, { lastUsedAt });
    }
    for (const ids of batches(expired)) await em.nativeDelete(Session, { id: { $in: ids } });
  }

  private toSession(row: Row): ActiveSession {
    const { session, user } = this.columns;
    return Object.assign(session.read(row), { user: user.read(row) });
  }

  private isExpired({ expiresAt, lastUsedAt, createdAt }: ActiveSession, now: number): boolean {
    const idleEnd = lastUsedAt.getTime() + this.options.sessionIdle;
    return now >= expiresAt.getTime() || now >= idleEnd || isFuture(createdAt.getTime(), now);
  }

  /** Written later, so that no request waits for it and one commit covers many sessions. */
  private record(ids: Set<string>, id: string): void {
    ids.add(id);
    this.timer ??= setTimeout(() => void this.flush().catch(this.onWriteError), WRITE_DELAY).unref();
  }
}

const batches = (ids: string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / BATCH_SIZE) }, (_, index) =>
    ids.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );

const isFuture = (time: number, now: number) => time > now + CLOCK_SKEW;
