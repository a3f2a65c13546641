import { saveAccount } from '../../auth/account-creation.ts';
import type { Actor, EventFilter, PublicEvent } from '../../auth/account-events.ts';
import { type PasswordResetLink, passwordResetLink } from '../../auth/auth.mails.ts';
import type { AuthParts } from '../../auth/auth-parts.ts';
import { type EmailAddress, parseEmail } from '../../auth/email-address.ts';
import { emailIssues, nameIssues } from '../../auth/input.ts';
import type { PublicSession } from '../../auth/projection.ts';
import { requireRecentSession, requireRole } from '../../auth/require-session.ts';
import { ADMIN } from '../../auth/roles.ts';
import type { User } from '../../auth/user.entity.ts';
import { isProgram } from '../../core/client-info.ts';
import { AuthError, type InputIssue, throwInputIssues } from '../../core/errors.ts';
import type { Page, PageRequest } from '../../core/page.ts';
import { isUuid } from '../../core/uuid.ts';
import { checkedReason, rolesIssues, type UserFilter } from './admin.input.ts';
import {
  accountCreatedMail,
  accountDisabledMail,
  accountEnabledMail,
  passwordLinkMail,
  rolesChangedMail,
} from './admin.mails.ts';
import { type ManagedUser, toManagedUser, UserDirectory } from './user-directory.ts';

/** What an administrator creates an account from. */
export interface NewAccount {
  email: string;
  name?: string | null;
  roles?: readonly string[];
}

/** The user that is changed, with a lock. */
interface Target {
  user: User;
  roles: readonly string[];
  /** Whether nobody else is an administrator who can sign in. */
  isLastAdmin: boolean;
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

  /** Null for an address that is unknown or malformed. */
  async userByEmail(email: string): Promise<ManagedUser | null> {
    this.assertAllowed();
    const address = parseEmail(email);
    const user = address && (await this.parts.users.findByEmail(address.canonical));
    return user && this.user(user.id);
  }

  /** A page of events, newest first. Throws BAD_USER_INPUT. */
  async events(filter: EventFilter, page: PageRequest): Promise<Page<PublicEvent>> {
    this.assertAllowed();
    return this.parts.events.page(filter, page);
  }

  /** A user's active sessions, most recently used first; none for an id that is unknown or malformed. */
  async sessionsOf(id: string): Promise<PublicSession[]> {
    this.assertAllowed();
    return isUuid(id) ? this.parts.sessions.activeOf(id) : [];
  }

  /**
   * Creates an account without a password, and mails its owner a link to set one. Throws BAD_USER_INPUT, EMAIL_TAKEN.
   */
  async createUser({ email, name, roles = [] }: NewAccount): Promise<ManagedUser> {
    const { em, events, outbox } = this.parts;
    const by = this.actor;
    const address = parseEmail(email);
    throwInputIssues([...emailIssues(address), ...nameIssues(name), ...this.rolesIssues(roles)]);
    const account = { address: address as EmailAddress, name: name || null, passwordHash: null, locale: null };
    const created = await saveAccount(this.parts, account, async user => {
      events.record('REGISTERED', user.id, by);
      outbox.add(accountCreatedMail, user.canonicalEmail);
      // Roles refer to the saved user.
      await em.flush();
      const names = sortedUnique(roles);
      await this.parts.roles.replace(user.id, names);
      return toManagedUser(user, names);
    });
    outbox.notify();
    return created;
  }

  /**
   * Refuses the user's sign-ins and ends all sessions and links at once. No effect on a user who is disabled already.
   * Throws BAD_USER_INPUT, NOT_FOUND, LAST_ADMIN.
   */
  disableUser(id: string, reason?: string | null): Promise<ManagedUser> {
    return this.change(id, async ({ user, roles, isLastAdmin }, by) => {
      const disabledReason = checkedReason(reason);
      if (user.disabled) return roles;
      if (isLastAdmin) throw new AuthError('LAST_ADMIN');
      Object.assign(user, { disabled: true, disabledAt: this.parts.clock.now(), disabledReason });
      await this.parts.access.credentialsChanged(user);
      this.parts.events.record('DISABLED', user.id, by);
      this.parts.notices.add(accountDisabledMail, user);
      return roles;
    });
  }

  /** Permits sign-ins again. No effect on a user who is not disabled. Throws NOT_FOUND. */
  enableUser(id: string): Promise<ManagedUser> {
    return this.change(id, async ({ user, roles }, by) => {
      if (!user.disabled) return roles;
      Object.assign(user, { disabled: false, disabledAt: null, disabledReason: null });
      this.parts.events.record('ENABLED', user.id, by);
      this.parts.notices.add(accountEnabledMail, user);
      return roles;
    });
  }

  /** Ends all sessions of the user, and returns how many. Throws NOT_FOUND. */
  async revokeSessions(id: string): Promise<number> {
    const by = this.actor;
    return this.parts.em.transactional(async () => {
      const user = await this.findLocked(id);
      const count = await this.parts.sessions.endAll(user.id);
      for (let ended = 0; ended < count; ended++) this.parts.events.record('SESSION_REVOKED', user.id, by);
      return count;
    });
  }

  /** Mails the user a link to set a new password. False for a disabled user, who gets none. Throws NOT_FOUND. */
  async sendPasswordReset(id: string): Promise<boolean> {
    const { em, events, outbox } = this.parts;
    const by = this.actor;
    const sent = await em.transactional(async () => {
      const user = await this.findLocked(id);
      if (user.disabled) return false;
      events.record('PASSWORD_RESET_REQUESTED', user.id, by);
      outbox.add(passwordLinkMail, user.canonicalEmail);
      return true;
    });
    outbox.notify();
    return sent;
  }

  /**
   * Returns a link to set a new password, instead of mailing it. For programs only: with it, an administrator could take
   * over any account. Null for a disabled user. Throws FORBIDDEN, NOT_FOUND.
   */
  async createPasswordLink(id: string): Promise<PasswordResetLink | null> {
    const { client, em, events } = this.parts;
    if (!isProgram(client)) throw new AuthError('FORBIDDEN');
    return em.transactional(async () => {
      const user = await this.findLocked(id);
      if (user.disabled) return null;
      events.record('PASSWORD_RESET_REQUESTED', user.id, this.actor);
      return passwordResetLink(user, {}, this.parts);
    });
  }

  /** Replaces the user's roles, effective on the next request. Throws BAD_USER_INPUT, NOT_FOUND, LAST_ADMIN. */
  setRoles(id: string, names: readonly string[]): Promise<ManagedUser> {
    return this.change(id, async ({ user, roles, isLastAdmin }, by) => {
      throwInputIssues(this.rolesIssues(names));
      const wanted = sortedUnique(names);
      if (wanted.join() === roles.join()) return roles;
      if (isLastAdmin && !wanted.includes(ADMIN)) throw new AuthError('LAST_ADMIN');
      await this.parts.roles.replace(user.id, wanted);
      this.parts.events.record('ROLES_CHANGED', user.id, by);
      this.parts.notices.add(rolesChangedMail, user, { roles: wanted.join(', ') });
      return wanted;
    });
  }

  /**
   * Deletes the user and everything that is theirs. An administrator must have confirmed the password recently. Throws
   * RECENT_AUTH_REQUIRED, NOT_FOUND, LAST_ADMIN.
   */
  async deleteUser(id: string): Promise<void> {
    const { accountDeletion, client, clock, em, outbox, session } = this.parts;
    const by = this.actor;
    if (!isProgram(client)) requireRecentSession(session, clock);
    const deleted = isUuid(id) && (await em.transactional(() => accountDeletion.delete(id, by)));
    if (!deleted) throw new AuthError('NOT_FOUND');
    outbox.notify();
  }

  /** Runs a change of a locked user, which returns the roles that the user has afterwards. */
  private async change(
    id: string,
    run: (target: Target, by: Actor) => Promise<readonly string[]>,
  ): Promise<ManagedUser> {
    const { em, outbox, roles } = this.parts;
    const by = this.actor;
    const changed = await em.transactional(async () => {
      // Before the user's own lock, as wherever administrators are locked.
      const hasOtherAdmin = isUuid(id) && (await roles.hasOtherAdmin(id));
      const user = await this.findLocked(id);
      const current = await roles.of(user.id);
      const isLastAdmin = current.includes(ADMIN) && !hasOtherAdmin;
      return toManagedUser(user, await run({ user, roles: current, isLastAdmin }, by));
    });
    outbox.notify();
    return changed;
  }

  private async findLocked(id: string): Promise<User> {
    const user = isUuid(id) ? await this.parts.users.findLocked(id) : null;
    if (!user) throw new AuthError('NOT_FOUND');
    return user;
  }

  private rolesIssues(names: readonly string[]): InputIssue[] {
    return rolesIssues(names, this.parts.options.roles);
  }

  private assertAllowed(): void {
    void this.actor;
  }

  private get actor(): Actor {
    if (isProgram(this.parts.client)) return { actor: 'SERVICE' };
    return { actor: 'ADMIN', actorId: requireRole(this.parts.session, ADMIN).user.id };
  }
}

const sortedUnique = (names: readonly string[]) => [...new Set(names)].sort();
