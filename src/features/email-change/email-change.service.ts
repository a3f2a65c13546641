import type { AuthParts } from '../../auth/auth-parts.ts';
import { type EmailAddress, maskedAddress, parseEmail } from '../../auth/email-address.ts';
import type { EmailChange } from '../../auth/email-change.entity.ts';
import { orEmailTaken } from '../../auth/email-taken.ts';
import { checkedEmail } from '../../auth/input.ts';
import { requireRecentSession } from '../../auth/require-session.ts';
import { AuthError, throwInputIssues } from '../../core/errors.ts';
import {
  confirmEmailChangeMail,
  emailChangedMail,
  emailChangeRequestedMail,
  emailChangeRevertedMail,
  emailRemovedMail,
  REVERT_EMAIL_CHANGE,
} from './email-change.mails.ts';

type EmailChangeParts = Pick<
  AuthParts,
  | 'access'
  | 'clock'
  | 'em'
  | 'emailChanges'
  | 'events'
  | 'notices'
  | 'outbox'
  | 'rateLimits'
  | 'session'
  | 'sessions'
  | 'tokens'
  | 'users'
>;

/** Changes the address of an account: confirmed at the new mailbox, announced to the old one, which can take it back. */
export class EmailChangeService {
  constructor(private readonly parts: EmailChangeParts) {}

  /**
   * Mails a link to the new address and a notice to the old one. Behaves alike for registered and unknown addresses.
   * Replaces a request that is not confirmed yet. Throws UNAUTHENTICATED, RECENT_AUTH_REQUIRED, BAD_USER_INPUT.
   */
  async request(newEmail: string): Promise<void> {
    const { em, clock, emailChanges, events, notices, outbox, rateLimits, sessions, users } = this.parts;
    const session = requireRecentSession(this.parts.session, clock);
    const address = checkedEmail(newEmail, 'newEmail');
    // The same mailbox in other letters is allowed: people correct how their address is written.
    if (address.address === session.user.email)
      throwInputIssues([
        { field: 'newEmail', rule: 'INVALID', message: 'This is already the address of your account.' },
      ]);
    if (!(await rateLimits.allowEmailChange(session.user.id, address.canonical))) return;

    await em.transactional(async () => {
      const user = await users.findLocked(session.user.id);
      // A reset may have ended the session since it was looked up: then a thief must not request any more.
      if (!user || !(await sessions.exists(session))) throw new AuthError('UNAUTHENTICATED');
      const { id: changeId } = await emailChanges.request(user, address);
      outbox.add(confirmEmailChangeMail, address.address, { changeId });
      notices.add(emailChangeRequestedMail, user, { changeId });
      events.record('EMAIL_CHANGE_REQUESTED', user.id);
    });
    outbox.notify();
  }

  /**
   * Changes the address. Sessions stay active, outstanding links become invalid. When the address is taken, the token
   * stays usable. Throws TOKEN_INVALID, EMAIL_TAKEN.
   */
  async confirm(token: string): Promise<void> {
    const { em, emailChanges, events, notices, outbox, tokens, users } = this.parts;
    const applyChange = async (change: EmailChange) => {
      const { id: changeId, user } = change;
      const address = parseEmail(change.newEmail);
      if (!address || !(await emailChanges.isPending(change))) throw new AuthError('TOKEN_INVALID');
      // Before the change, because a notice goes to the address that the account has.
      notices.add(emailChangedMail, user, { changeId });
      users.setProvenEmail(user, address);
      emailChanges.finish(change);
      events.record('EMAIL_CHANGED', user.id);
      await em.flush();
      await emailChanges.assertNotReserved(user);
      await tokens.revokeAll(user);
    };
    await orEmailTaken(() => this.withChange(confirmEmailChangeMail.kind, token, applyChange));
    outbox.notify();
  }

  /**
   * Takes back a change and all later ones, or cancels them, and ends all sessions. It removes the password too: whoever
   * requested the change had just confirmed it, and so knows it. Throws TOKEN_INVALID.
   */
  async revert(token: string): Promise<void> {
    const { access, emailChanges, events, outbox, users } = this.parts;
    await this.withChange(REVERT_EMAIL_CHANGE, token, async change => {
      const { user } = change;
      const address = parseEmail(change.oldEmail);
      if (!address) throw new AuthError('TOKEN_INVALID');
      this.notifyOfRevert(change, address);
      users.setProvenEmail(user, address);
      user.passwordHash = null;
      events.record('EMAIL_CHANGE_REVERTED', user.id);
      await emailChanges.deleteSince(change);
      await access.credentialsChanged(user);
    });
    outbox.notify();
  }

  /** Mails a notice to the old address, and to the one that the account had until now. */
  private notifyOfRevert({ user, newEmail }: EmailChange, old: EmailAddress): void {
    const { notices, outbox } = this.parts;
    outbox.add(emailChangeRevertedMail, old.canonical, { newAddress: maskedAddress(newEmail) });
    if (user.canonicalEmail !== old.canonical)
      notices.add(emailRemovedMail, user, { oldAddress: maskedAddress(old.address) });
  }

  /** Consumes the token and runs a job on its change, with the user locked, in one transaction. */
  private async withChange(purpose: string, token: string, job: (change: EmailChange) => Promise<void>): Promise<void> {
    const { em, emailChanges, tokens, users } = this.parts;
    const { data } = await tokens.find(purpose, token);
    const found = await emailChanges.find(data?.changeId);
    if (!found) throw new AuthError('TOKEN_INVALID');
    await em.transactional(async () => {
      await users.findLocked(found.user.id);
      await tokens.consume(purpose, token);
      const change = await emailChanges.find(found.id);
      if (!change) throw new AuthError('TOKEN_INVALID');
      await job(change);
    });
  }
}
