import type { ActiveSession, PublicSession } from '../../auth/projection.ts';
import { requireSession } from '../../auth/require-session.ts';
import type { Sessions } from '../../auth/sessions.ts';

interface SessionsServiceParts {
  /** The session that the request presented. */
  session: ActiveSession | null;
  sessions: Sessions;
}

/** Lists and ends a user's own sessions. Every method throws UNAUTHENTICATED for a visitor. */
export class SessionsService {
  constructor(private readonly parts: SessionsServiceParts) {}

  /** The active sessions, most recently used first. */
  list(): Promise<PublicSession[]> {
    return this.parts.sessions.activeOf(this.current.user.id);
  }

  /** Ends one session. False for an id that is unknown, malformed or of another user. */
  revoke(id: string): Promise<boolean> {
    return this.parts.sessions.end(this.current.user.id, id);
  }

  /** Ends all sessions but that of the request, and returns how many. */
  revokeOthers(): Promise<number> {
    return this.parts.sessions.endOthers(this.current.user.id, this.current.id);
  }

  private get current(): ActiveSession {
    return requireSession(this.parts.session);
  }
}
