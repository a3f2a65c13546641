import { type Clock, HOUR } from '../core/clock.ts';
import { AuthError } from '../core/errors.ts';
import { uuidV7 } from '../core/node.ts';
import { isUuid } from '../core/uuid.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { EmailAddress } from './email-address.ts';
import { EmailChange } from './email-change.entity.ts';
import type { User } from './user.entity.ts';

/** How long a change can be taken back, from the request on and again from the confirmation on. */
const REVERT_PERIOD = 72 * HOUR;

/** Owns the queries on `email_changes`. Calls that write or decide need the user locked. */
export class EmailChanges {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
  ) {}

  /** Adds a request, without a flush. From then on earlier requests cannot be confirmed. */
  async request(user: User, { address }: EmailAddress): Promise<EmailChange> {
    const newest = await this.newestOf(user);
    return this.em.create(EmailChange, {
      id: uuidV7(),
      user,
      number: (newest?.number ?? 0) + 1,
      credentialVersion: user.credentialVersion,
      oldEmail: user.email,
      oldCanonicalEmail: user.canonicalEmail,
      newEmail: address,
      createdAt: this.clock.now(),
      expiresAt: this.revertibleUntil(),
    });
  }

  /** The change and its user as they are now. Null when it is unknown, taken back or expired, or the user disabled. */
  async find(id: unknown): Promise<EmailChange | null> {
    if (typeof id !== 'string' || !isUuid(id)) return null;
    const where = { id, expiresAt: { $gt: this.clock.now() }, user: { disabled: false } };
    const found = await this.em.findOne(EmailChange, where, { populate: ['user'], refresh: true });
    // A refresh reads the user in a statement of its own, before which the account may be deleted.
    return found?.user ? found : null;
  }

  /** Whether the change can be confirmed: it is the newest, and the credentials are those of the time of the request. */
  async isPending({ id, user, changedAt, credentialVersion }: EmailChange): Promise<boolean> {
    if (changedAt !== null || credentialVersion !== user.credentialVersion) return false;
    return (await this.newestOf(user))?.id === id;
  }

  /** Marks the change as finished, without a flush. */
  finish(change: EmailChange): void {
    change.changedAt = this.clock.now();
    change.expiresAt = this.revertibleUntil();
  }

  /** Deletes the change and all later ones of the user: their links end. */
  async deleteSince({ user, number }: EmailChange): Promise<void> {
    await this.em.nativeDelete(EmailChange, { user: user.id, number: { $gte: number } });
  }

  /** The addresses that the user gave up and can still take back. */
  async revertibleTo({ id }: User): Promise<string[]> {
    const where = { user: id, changedAt: { $ne: null }, expiresAt: { $gt: this.clock.now() } };
    const changes = await this.em.find(EmailChange, where);
    return [...new Set(changes.map(({ oldEmail }) => oldEmail))];
  }

  /** Whether another user gave up the address so recently that they can still take it back. */
  async isReserved(canonicalEmail: string, userId: string): Promise<boolean> {
    const recent = { changedAt: { $ne: null }, expiresAt: { $gt: this.clock.now() } };
    const where = { oldCanonicalEmail: canonicalEmail, user: { $ne: userId }, ...recent };
    return (await this.em.count(EmailChange, where)) > 0;
  }

  /**
   * Call it in the transaction that gives the address to the user, after the flush: a change that was committed while the
   * flush waited for it must count. Throws EMAIL_TAKEN.
   */
  async assertNotReserved({ id, canonicalEmail }: Pick<User, 'id' | 'canonicalEmail'>): Promise<void> {
    if (await this.isReserved(canonicalEmail, id)) throw new AuthError('EMAIL_TAKEN');
  }

  private newestOf({ id }: User): Promise<EmailChange | null> {
    return this.em.findOne(EmailChange, { user: id }, { orderBy: { number: 'desc' } });
  }

  private revertibleUntil(): Date {
    return new Date(this.clock.now().getTime() + REVERT_PERIOD);
  }
}
