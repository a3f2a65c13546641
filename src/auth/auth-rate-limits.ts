import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { AuthError } from '../core/errors.ts';
import type { CounterRef, RateLimiter, RateLimitRule } from '../rate-limits/database-rate-limiter.ts';
import type { ClientInfo } from '../request/client-info.ts';

/** Until a right password or a reset gives the limit back; after such a quiet time the counter may be forgotten. */
const UNTIL_CLEARED = 400 * DAY;

/** Ten, and from the fifth on with longer and longer waits. */
const PASSWORD_ATTEMPTS = { limit: 10, window: 15 * MINUTE, sliding: true, delayFrom: 5 };

/** What may be tried how often. Numbers: NIST SP 800-63B-4 3.2.2, OWASP Authentication Cheat Sheet. */
const RULES = {
  /** Wrong passwords for one account from one source. */
  passwordFromSource: { name: 'password-from-source', ...PASSWORD_ATTEMPTS },
  /** The same from a browser that has signed in to the account before: strangers cannot use these up. */
  passwordFromDevice: { name: 'password-from-device', ...PASSWORD_ATTEMPTS },
  /** Wrong passwords from one source for whatever accounts, there or not: one password tried on many. */
  passwordsFromSource: { name: 'passwords-from-source', limit: 50, window: 15 * MINUTE },
  /** Wrong passwords for one account in a row, from wherever; NIST allows a hundred. */
  passwordOfAccount: { name: 'password-of-account', limit: 100, window: UNTIL_CLEARED, sliding: true },
  registerFromSource: { name: 'register-from-source', limit: 10, window: HOUR },
  resetFromSource: { name: 'reset-from-source', limit: 20, window: 15 * MINUTE },
  mailToRecipient: { name: 'mail-to-recipient', limit: 1, window: 5 * MINUTE },
  mailToRecipientHourly: { name: 'mail-to-recipient-hourly', limit: 5, window: HOUR, sliding: true },
  mailFromSource: { name: 'mail-from-source', limit: 20, window: HOUR },
} as const satisfies Record<string, RateLimitRule>;

/** Who may try what, and how often. Accounts are named by canonical address, whether they exist or not. */
export class AuthRateLimits {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly caller: ClientInfo,
  ) {}

  /**
   * Counts a try at a password before it is checked. `device`: one that is known for the account, which has tries of its
   * own. True when the account is locked: then not even the right password may get in. Throws RATE_LIMITED.
   */
  async countPasswordAttempt(account: string, device?: string): Promise<boolean> {
    if (device !== undefined) {
      await this.take(RULES.passwordFromDevice, account, device);
      return (await this.limiter.consume(RULES.passwordOfAccount, account, device)) > 0;
    }
    // In this order: a source without limit must not use up the account's.
    await this.take(RULES.passwordFromSource, account, this.caller.network);
    await this.take(RULES.passwordsFromSource, this.caller.network);
    return (await this.limiter.consume(RULES.passwordOfAccount, account)) > 0;
  }

  /** The try was right. Its source gets back that one slot only: knowing one password must not pay for trying others. */
  async passwordAccepted(account: string, device?: string): Promise<void> {
    const ofStrangers = this.passwordCounters(account);
    if (device !== undefined) {
      const ofDevice = [RULES.passwordFromDevice, RULES.passwordOfAccount].map(
        rule => [rule, account, device] as CounterRef,
      );
      return this.limiter.reset(...ofStrangers, ...ofDevice);
    }
    await this.limiter.reset(...ofStrangers);
    await this.limiter.refund(RULES.passwordsFromSource, this.caller.network);
  }

  /** Gives the account's tries back: the caller has proved, by the password or another way, to be the owner. */
  resetPasswordAttempts(account: string): Promise<void> {
    return this.limiter.reset(...this.passwordCounters(account));
  }

  /** Throws RATE_LIMITED. */
  countRegistration(): Promise<void> {
    return this.take(RULES.registerFromSource, this.caller.network);
  }

  /** Throws RATE_LIMITED. */
  countPasswordReset(): Promise<void> {
    return this.take(RULES.resetFromSource, this.caller.network);
  }

  /** Whether one more mail may go to the address. It must not show in the answer: only who got none would see it. */
  async allowMail(account: string): Promise<boolean> {
    if ((await this.limiter.consume(RULES.mailFromSource, this.caller.network)) > 0) return false;
    if ((await this.limiter.consume(RULES.mailToRecipient, account)) > 0) return false;
    return (await this.limiter.consume(RULES.mailToRecipientHourly, account)) === 0;
  }

  private passwordCounters(account: string): CounterRef[] {
    return [
      [RULES.passwordFromSource, account, this.caller.network],
      [RULES.passwordOfAccount, account],
    ];
  }

  private async take(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    const wait = await this.limiter.consume(rule, ...subject);
    if (wait > 0) throw new AuthError('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
  }
}
