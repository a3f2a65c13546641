import type { AuthParts } from '../../auth/auth-parts.ts';
import type { ActiveSession, PublicSession } from '../../auth/projection.ts';
import { requireSession } from '../../auth/require-session.ts';

type SessionsServiceParts = Pick<AuthParts, 'em' | 'events' | 'session' | 'sessions'>;

/** Lists and ends a user's own sessions. Every method throws UNAUTHENTICATED for a visitor. */
export class SessionsService {
  constructor(private readonly parts: SessionsServiceParts) {}

  /** The active sessions, most recently used first. */
  list(): Promise<PublicSession[]> {
    return this.parts.sessions.activeOf(this.current.user.id);
  }

  /** Ends one session. False for an id that is unknown, malformed or of another user. */
  revoke(id: string): Promise<boolean> {
    return this.parts.em.transactional(async () => {
      const ended = await this.parts.sessions.end(this.current.user.id, id);
      if (ended) this.parts.events.record('SESSION_REVOKED', this.current.user.id);
      return ended;
    });
  }

  /** Ends all sessions but that of the request, and returns how many. */
  revokeOthers(): Promise<number> {
    return this.parts.em.transactional(async () => {
      const count = await this.parts.sessions.endOthers(this.current.user.id, this.current.id);
      for (let ended = 0; ended < count; ended++) this.parts.events.record('SESSION_REVOKED', this.current.user.id);
      return count;
    });
  }

  private get current(): ActiveSession {
    return requireSession(this.parts.session);
  }
}
