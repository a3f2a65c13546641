import { AuthError, throwInputIssues } from '../core/errors.ts';
import type { AuthParts } from './auth-parts.ts';
import { type EmailAddress, parseEmail } from './email-address.ts';
import { orEmailTaken } from './email-taken.ts';
import type { NeededServices } from './email-verification.ts';
import { emailIssues, nameIssues } from './input.ts';
import type { User } from './user.entity.ts';
import type { NewUser } from './users.ts';

/** What a new account is created from. */
export interface Registration {
  email: string;
  password: string;
  /** Display name, at most 200 characters. */
  name?: string | null;
}

/** What a host program creates an account from. */
export interface NewAccount extends Registration {
  /** True: the program knows that the owner receives mail there, so no mail asks for it. Default false. */
  emailVerified?: boolean;
}

type AccountCreationParts = Pick<
  AuthParts,
  'em' | 'client' | 'clock' | 'emailChanges' | 'events' | 'outbox' | 'passwords' | 'rateLimits' | 'users'
>;

/** Checks registrations and saves accounts, each with the mail that verifies its address. */
export class AccountCreation {
  constructor(
    private readonly parts: AccountCreationParts,
    private readonly services: NeededServices,
  ) {}

  /** Checks the input, counts the attempt and hashes the password. Saves nothing. */
  async checkAndHash({ email, password, name }: Registration): Promise<NewUser> {
    const { client, passwords, rateLimits } = this.parts;
    const address = parseEmail(email);
    throwInputIssues([
      ...emailIssues(address),
      ...passwords.issues('password', password, address),
      ...nameIssues(name),
    ]);
    passwords.assertCapacity();
    await rateLimits.countRegistration();
    const passwordHash = await passwords.hash(password);
    return { address: address as EmailAddress, name: name || null, passwordHash, locale: client.locale };
  }

  /**
   * Saves a new account and what `complete` adds to it. Inside a host program's transaction this is a savepoint: the
   * program can handle EMAIL_TAKEN and continue.
   */
  async save<T>(account: NewUser, complete: (user: User) => Promise<T>, { emailVerified = false } = {}): Promise<T> {
    const { clock, outbox } = this.parts;
    const saved = await saveAccount(this.parts, account, user => {
      if (emailVerified) user.emailVerifiedAt = clock.now();
      else this.services.emailVerification.addFirstMail(user);
      return complete(user);
    });
    outbox.notify();
    return saved;
  }

  /**
   * Saves a registration whose outcome only the owner of the mailbox learns: a new account, or a mail to the owner of the
   * account that exists. Both take the same steps as far as possible: counters, an insert, a mail, one commit.
   */
  async saveUnverified(account: NewUser): Promise<void> {
    const { em, events, outbox, rateLimits } = this.parts;
    const { canonical } = account.address;
    const reached = !(await rateLimits.allowVerificationMail(canonical));
    try {
      await this.save(account, async ({ id }) => {
        events.record('REGISTERED', id);
        await rateLimits.resetVerificationMails(canonical);
      });
    } catch (error) {
      if (!(error instanceof AuthError) || error.code !== 'EMAIL_TAKEN') throw error;
      await this.services.emailVerification.addMailToOwner(account, { reached });
      await em.flush();
      outbox.notify();
    }
  }
}

/**
 * The only place where accounts are saved, in one transaction with what `complete` adds. Throws EMAIL_TAKEN, also for an
 * address that its former owner can still take back.
 */
export function saveAccount<T>(
  { em, emailChanges, users }: Pick<AuthParts, 'em' | 'emailChanges' | 'users'>,
  account: NewUser,
  complete: (user: User) => Promise<T>,
): Promise<T> {
  const create = async () => {
    const user = users.create(account);
    const completed = await complete(user);
    await em.flush();
    await emailChanges.assertNotReserved(user);
    return completed;
  };
  return orEmailTaken(() => em.transactional(create));
}
