import type { AuthParts } from '../../auth/auth-parts.ts';
import { localeIssues, nameIssues } from '../../auth/input.ts';
import { type PublicUser, toPublicUser } from '../../auth/projection.ts';
import { requireSession } from '../../auth/require-session.ts';
import { AuthError, throwInputIssues } from '../../core/errors.ts';
import { parseLocale } from '../../core/locale.ts';

/** Null leaves a value as it is. */
export interface ProfileUpdate {
  /** Display name, at most 200 characters; empty to remove it. */
  name?: string | null;
  /** BCP 47 tag. */
  locale?: string | null;
}

type ProfileServiceParts = Pick<AuthParts, 'em' | 'events' | 'session' | 'users'>;

/** Changes a user's own profile. */
export class ProfileService {
  constructor(private readonly parts: ProfileServiceParts) {}

  /** Changes name and language, and returns the user. Throws UNAUTHENTICATED, BAD_USER_INPUT. */
  async update({ name, locale }: ProfileUpdate): Promise<PublicUser> {
    const { em, events, session, users } = this.parts;
    const { id, roles } = requireSession(session).user;
    throwInputIssues([...nameIssues(name), ...localeIssues(locale)]);
    return em.transactional(async () => {
      const user = await users.findLocked(id);
      if (!user) throw new AuthError('UNAUTHENTICATED');
      const profile = {
        name: typeof name === 'string' ? name || null : user.name,
        locale: typeof locale === 'string' ? parseLocale(locale) : user.locale,
      };
      if (profile.name !== user.name || profile.locale !== user.locale) {
        users.setProfile(user, profile);
        events.record('PROFILE_UPDATED', id);
      }
      return toPublicUser(user, roles);
    });
  }
}
