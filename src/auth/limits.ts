import type { Caller } from '../caller.ts';
import { AuthError } from '../errors.ts';
import { DAY, HOUR, MINUTE } from '../ports/clock.ts';
import type { Counted, Limiter, LimitRule } from '../ports/limiter.ts';

/** Until a right password or a reset gives the slots back; after such a quiet time the counter may be forgotten. */
const UNTIL_CLEARED = 400 * DAY;

/** Ten, and from the fifth on with longer and longer waits. */
const GUESSES = { slots: 10, window: 15 * MINUTE, sliding: true, delayFrom: 5 };

/** What may be tried how often. Numbers: NIST SP 800-63B-4 3.2.2, OWASP Authentication Cheat Sheet. */
const RULES = {
  /** Wrong passwords for one account from one source. */
  passwordFromSource: { name: 'password-from-source', ...GUESSES },
  /** The same from a browser that has signed in to the account before: strangers cannot use these up. */
  passwordFromDevice: { name: 'password-from-device', ...GUESSES },
  /** Wrong passwords from one source for whatever accounts, there or not: one password tried on many. */
  passwordsFromSource: { name: 'passwords-from-source', slots: 50, window: 15 * MINUTE },
  /** Wrong passwords for one account in a row, from wherever; NIST allows a hundred. */
  passwordOfAccount: { name: 'password-of-account', slots: 100, window: UNTIL_CLEARED, sliding: true },
  registerFromSource: { name: 'register-from-source', slots: 10, window: HOUR },
  resetFromSource: { name: 'reset-from-source', slots: 20, window: 15 * MINUTE },
  mailToRecipient: { name: 'mail-to-recipient', slots: 1, window: 5 * MINUTE },
  mailToRecipientHourly: { name: 'mail-to-recipient-hourly', slots: 5, window: HOUR, sliding: true },
  mailFromSource: { name: 'mail-from-source', slots: 20, window: HOUR },
} as const satisfies Record<string, LimitRule>;

/** Who may try what, and how often. Accounts are named by canonical address, whether they exist or not. */
export class Limits {
  constructor(
    private readonly limiter: Limiter,
    private readonly caller: Caller,
  ) {}

  /**
   * Counts a try at a password before it is checked. `device`: one that is known for the account, which has tries of its
   * own. True when the account is locked: then not even the right password may get in. Throws RATE_LIMITED.
   */
  async tryPassword(account: string, device?: string): Promise<boolean> {
    if (device !== undefined) {
      await this.take(RULES.passwordFromDevice, account, device);
      return (await this.limiter.take(RULES.passwordOfAccount, account, device)) > 0;
    }
    // In this order: a source without slots must not use up the account's.
    await this.take(RULES.passwordFromSource, account, this.caller.source);
    await this.take(RULES.passwordsFromSource, this.caller.source);
    return (await this.limiter.take(RULES.passwordOfAccount, account)) > 0;
  }

  /** The try was right. Its source gets back that one slot only: knowing one password must not pay for trying others. */
  async passwordWasRight(account: string, device?: string): Promise<void> {
    const ofStrangers = this.passwordTries(account);
    if (device !== undefined) {
      const ofDevice = [RULES.passwordFromDevice, RULES.passwordOfAccount].map(
        rule => [rule, account, device] as Counted,
      );
      return this.limiter.clear(...ofStrangers, ...ofDevice);
    }
    await this.limiter.clear(...ofStrangers);
    await this.limiter.giveBack(RULES.passwordsFromSource, this.caller.source);
  }

  /** Gives the account's tries back: the caller has proved, by the password or another way, to be the owner. */
  clearPasswordTries(account: string): Promise<void> {
    return this.limiter.clear(...this.passwordTries(account));
  }

  /** Throws RATE_LIMITED. */
  tryRegister(): Promise<void> {
    return this.take(RULES.registerFromSource, this.caller.source);
  }

  /** Throws RATE_LIMITED. */
  tryReset(): Promise<void> {
    return this.take(RULES.resetFromSource, this.caller.source);
  }

  /** Whether one more mail may go to the address. It must not show in the answer: only who got none would see it. */
  async mayMail(account: string): Promise<boolean> {
    if ((await this.limiter.take(RULES.mailFromSource, this.caller.source)) > 0) return false;
    if ((await this.limiter.take(RULES.mailToRecipient, account)) > 0) return false;
    return (await this.limiter.take(RULES.mailToRecipientHourly, account)) === 0;
  }

  private passwordTries(account: string): Counted[] {
    return [
      [RULES.passwordFromSource, account, this.caller.source],
      [RULES.passwordOfAccount, account],
    ];
  }

  private async take(rule: LimitRule, ...subject: string[]): Promise<void> {
    const wait = await this.limiter.take(rule, ...subject);
    if (wait > 0) throw new AuthError('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
  }
}
