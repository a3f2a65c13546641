import type { ClientInfo } from '../core/client-info.ts';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { AuthError } from '../core/errors.ts';
import type { CounterRef, RateLimiter, RateLimitRule } from '../rate-limits/rate-limiter.ts';

/** Milliseconds without an attempt. Usually a correct password or a reset clears the counter before it expires. */
const UNTIL_RESET = 400 * DAY;

/** Ten attempts; after the fifth, delays that double. */
const PASSWORD_ATTEMPTS = { limit: 10, window: 15 * MINUTE, sliding: true, delayFrom: 5 };

/**
 * The rules of the Auth service. A source is the client's network: an IPv4 address or an IPv6 /64. Numbers: NIST SP
 * 800-63B-4 3.2.2, OWASP Authentication Cheat Sheet.
 */
const RULES = {
  /** Wrong passwords for one account from one source. */
  passwordFromSource: { name: 'password-from-source', ...PASSWORD_ATTEMPTS },
  /** Wrong passwords for one account from a known device: a counter that attackers cannot exhaust. */
  passwordFromDevice: { name: 'password-from-device', ...PASSWORD_ATTEMPTS },
  /** Wrong passwords from one source for any accounts, registered or not: password spraying. */
  passwordsFromSource: { name: 'passwords-from-source', limit: 50, window: 15 * MINUTE },
  /** Consecutive wrong passwords for one account from all sources; NIST allows 100. */
  passwordOfAccount: { name: 'password-of-account', limit: 100, window: UNTIL_RESET, sliding: true },
  registerFromSource: { name: 'register-from-source', limit: 10, window: HOUR },
  resetFromSource: { name: 'reset-from-source', limit: 20, window: 15 * MINUTE },
  /** Each sends two mails, one of them to an address that the user chooses. */
  emailChangeOfAccount: { name: 'email-change-of-account', limit: 5, window: HOUR },
  signInNotice: { name: 'sign-in-notice', limit: 1, window: HOUR },
} as const satisfies Record<string, RateLimitRule>;

/** The rules of one kind of mail, in the order in which they are counted. */
const mailRules = (kind: string) => ({
  fromSource: { name: `${kind}-from-source`, limit: 20, window: HOUR },
  toRecipient: { name: `${kind}-to-recipient`, limit: 1, window: 5 * MINUTE },
  toRecipientHourly: { name: `${kind}-to-recipient-hourly`, limit: 5, window: HOUR, sliding: true },
});

const MAIL = mailRules('mail');
/** Apart from other mails: neither kind may use up what the other one needs. */
const VERIFICATION_MAIL = mailRules('verification-mail');

/** Counts attempts of one client. Accounts are identified by canonical address, whether they exist or not. */
export class AuthRateLimits {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly client: ClientInfo,
  ) {}

  /**
   * Counts a password attempt before the password is checked. `device`: a known device of the account's owner, which has
   * attempts of its own. Returns true when the account is locked: then even the right password is refused. Throws
   * RATE_LIMITED.
   */
  async countPasswordAttempt(account: string, device?: string): Promise<boolean> {
    if (device !== undefined) {
      await this.assertAllowed(RULES.passwordFromDevice, account, device);
      return (await this.consume(RULES.passwordOfAccount, account, device)) > 0;
    }
    // In this order: a source without attempts left must not use up the account's.
    await this.assertAllowed(RULES.passwordFromSource, account, this.client.network);
    await this.assertAllowed(RULES.passwordsFromSource, this.client.network);
    return (await this.consume(RULES.passwordOfAccount, account)) > 0;
  }

  /**
   * Clears the account's counters after a correct password. The source regains this one attempt only: an attacker who
   * knows one password must not gain attempts to guess others.
   */
  async passwordAccepted(account: string, device?: string): Promise<void> {
    const { network } = this.client;
    const deviceCounters: CounterRef[] =
      device === undefined
        ? []
        : [
            [RULES.passwordFromDevice, account, device],
            [RULES.passwordOfAccount, account, device],
          ];
    await this.limiter.reset(...this.passwordCounters(account), ...deviceCounters);
    if (device === undefined && network !== null) await this.limiter.refund(RULES.passwordsFromSource, network);
  }

  /** Resets the account's attempts: the client has proved to be the owner. */
  resetPasswordAttempts(account: string): Promise<void> {
    return this.limiter.reset(...this.passwordCounters(account));
  }

  /** Throws RATE_LIMITED. */
  countRegistration(): Promise<void> {
    return this.assertAllowed(RULES.registerFromSource, this.client.network);
  }

  /** Throws RATE_LIMITED. */
  countPasswordReset(): Promise<void> {
    return this.assertAllowed(RULES.resetFromSource, this.client.network);
  }

  /** Whether one more mail may go to the address. The response must not show it, or it would reveal the account. */
  allowMail(account: string): Promise<boolean> {
    return this.allow(MAIL, account);
  }

  /** The same for mails about the verification of an address. */
  allowVerificationMail(account: string): Promise<boolean> {
    return this.allow(VERIFICATION_MAIL, account);
  }

  /** Whether the account may request one more change, with a mail to the new address. */
  async allowEmailChange(userId: string, newAddress: string): Promise<boolean> {
    return (await this.consume(RULES.emailChangeOfAccount, userId)) === 0 && this.allowMail(newAddress);
  }

  /** Whether the owner may be sent one more notice about a sign-in. */
  async allowSignInNotice(userId: string): Promise<boolean> {
    return (await this.consume(RULES.signInNotice, userId)) === 0;
  }

  /** The mail of a registration that creates the account does not count. */
  resetVerificationMails(account: string): Promise<void> {
    const { toRecipient, toRecipientHourly } = VERIFICATION_MAIL;
    return this.limiter.reset([toRecipient, account], [toRecipientHourly, account]);
  }

  private async allow(mail: ReturnType<typeof mailRules>, account: string): Promise<boolean> {
    if ((await this.consume(mail.fromSource, this.client.network)) > 0) return false;
    if ((await this.consume(mail.toRecipient, account)) > 0) return false;
    return (await this.consume(mail.toRecipientHourly, account)) === 0;
  }

  private passwordCounters(account: string): CounterRef[] {
    const { network } = this.client;
    const ofAccount: CounterRef = [RULES.passwordOfAccount, account];
    return network === null ? [ofAccount] : [[RULES.passwordFromSource, account, network], ofAccount];
  }

  private async assertAllowed(rule: RateLimitRule, ...subject: (string | null)[]): Promise<void> {
    const wait = await this.consume(rule, ...subject);
    if (wait > 0) throw new AuthError('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
  }

  /** Returns the milliseconds to wait, or 0. A program has no network, so rules by source do not count it. */
  private async consume(rule: RateLimitRule, ...subject: (string | null)[]): Promise<number> {
    const known = subject.filter(part => part !== null);
    return known.length < subject.length ? 0 : this.limiter.consume(rule, ...known);
  }
}
