import type { PublicEvent } from '../../auth/account-events.ts';
import { type Actor, type EventFilter } from '../../auth/account-events.ts';
import { passwordResetMail } from '../../auth/auth.mails.ts';
import type { AuthParts } from '../../auth/auth-parts.ts';
import { type EmailAddress, parseEmail } from '../../auth/email-address.ts';
import { orEmailTaken } from '../../auth/email-taken.ts';
import { emailIssues, nameIssues } from '../../auth/input.ts';
import type { PublicSession } from '../../auth/projection.ts';
import { requireRecentSession, requireRole } from '../../auth/require-session.ts';
import { ADMIN } from '../../auth/roles.ts';
import type { User } from '../../auth/user.entity.ts';
import { isProgram } from '../../core/client-info.ts';
import { AuthError, throwInputIssues } from '../../core/errors.ts';
import type { Page, PageRequest } from '../../core/page.ts';
import { isUuid } from '../../core/uuid.ts';
import { checkedReason, rolesIssues, type UserFilter } from './admin.input.ts';
import { accountCreatedMail, accountDisabledMail, accountEnabledMail, passwordLinkMail, rolesChangedMail } from './admin.mails.ts';
import { type ManagedUser, toManagedUser, UserDirectory } from './user-directory.ts';

/** What an administrator creates an account from. */
export interface NewAccount {
  email: string;
  name?: string | null;
  roles?: readonly string[];
}

/**
 * What administrators do, and the operator's programs, whose events have the actor SERVICE. Every method throws
 * UNAUTHENTICATED for a visitor and FORBIDDEN for a user who is no administrator.
 */
export class AdminService {
  private readonly directory: UserDirectory;

  constructor(private readonly parts: AuthParts) {
    this.directory = new UserDirectory(parts.em, parts.roles);
  }

  /** A page of users, newest first. Throws BAD_USER_INPUT. */
  async users(filter: UserFilter, page: PageRequest): Promise<Page<ManagedUser>> {
    this.assertAllowed();
    return this.directory.page(filter, page);
  }

  /** Null for an id that is unknown or malformed. */
  async user(id: string): Promise<ManagedUser | null> {
    this.assertAllowed();
    const [user = null] = isUuid(id) ? await this.directory.load([id]) : [];
    return user;
  }

  /** A page of events, newest first. Throws BAD_USER_INPUT. */
  async events(filter: EventFilter, page: PageRequest): Promise<Page<PublicEvent>> {
    this.assertAllowed();
    return this.parts.events.page(filter, page);
  }

  /** A user's active sessions, most recently used first. */
  async sessionsOf(id: string): Promise<PublicSession[]> {
    this.assertAllowed();
    return this.parts.sessions.activeOf(id);
  }

  /** Creates an account without a password, and mails its owner a link to set one. Throws BAD_USER_INPUT, EMAIL_TAKEN. */
  async createUser({ email, name, roles = [] }: NewAccount): Promise<ManagedUser> {
    const { em, events, notices, options, outbox, users } = this.parts;
    const by = this.actor;
    const address = parseEmail(email);
    throwInputIssues([...emailIssues(address), ...nameIssues(name), ...rolesIssues(roles, options.roles)]);
    const account = { address: address as EmailAddress, name: name || null, passwordHash: null, locale: null };
    const created = await orEmailTaken(() => em.transactional(async () => {
      const user = users.create(account);
      events.record('REGISTERED', user.id, by);
      outbox.add(accountCreatedMail, user.canonicalEmail);
      await em.flush();
      return this.withRoles(user, roles);
    }));
    outbox.notify();
    return created;
  }
}
