import type { PublicEvent } from '../../auth/account-events.ts';
import type { AuthParts } from '../../auth/auth-parts.ts';
import { requireSession } from '../../auth/require-session.ts';
import type { Page, PageRequest } from '../../core/page.ts';

/** Shows users what happened to their account. */
export class AccountEventsService {
  constructor(private readonly parts: Pick<AuthParts, 'events' | 'session'>) {}

  /** A page of the events of the signed-in user, newest first. Throws UNAUTHENTICATED, BAD_USER_INPUT. */
  async list(page: PageRequest): Promise<Page<PublicEvent>> {
    const { user } = requireSession(this.parts.session);
    return this.parts.events.page({ userId: user.id }, page);
  }
}
