import type { User } from './user.entity.ts';
import type { NewUser } from './users.ts';

/** What the Auth service needs from the feature that verifies addresses. It adds mails without a flush. */
export interface EmailVerification {
  /** Adds the mail of the registration that creates the account. It counts towards no limit. */
  addFirstMail(user: User): void;
  /** Adds a mail with a fresh link, unless the address has had too many. */
  addFreshLink(user: User): Promise<void>;
  /**
   * Adds the mail of a registration whose address has an account already. A registration over the limit is saved like
   * the others, so that it takes the same time, but no mail is sent.
   */
  addMailToOwner(registration: NewUser, limit: { reached: boolean }): Promise<void>;
}

/** The services of features that the Auth service calls. */
export interface NeededServices {
  readonly emailVerification: EmailVerification;
}
