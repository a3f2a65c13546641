import { DAY, HOUR, MINUTE } from '../ports/clock.ts';
import type { LimitRule } from '../ports/limiter.ts';

/** A hundred years: until a right password or a reset gives the slots back. */
const UNTIL_CLEARED = 36_500 * DAY;

/** What may be tried how often, by whom. Numbers: NIST SP 800-63B-4 3.2.2, OWASP Authentication Cheat Sheet. */
export const LIMITS = {
  /** Wrong passwords for one account from one source. */
  passwordFromSource: { name: 'password-from-source', slots: 10, window: 15 * MINUTE, sliding: true, delayFrom: 5 },
  /** Wrong passwords for one account in a row, from wherever; NIST allows a hundred. */
  passwordOfAccount: { name: 'password-of-account', slots: 100, window: UNTIL_CLEARED },
  registerFromSource: { name: 'register-from-source', slots: 10, window: HOUR },
  resetFromSource: { name: 'reset-from-source', slots: 20, window: 15 * MINUTE },
  mailToRecipient: { name: 'mail-to-recipient', slots: 1, window: 5 * MINUTE },
  mailToRecipientHourly: { name: 'mail-to-recipient-hourly', slots: 5, window: HOUR, sliding: true },
  mailFromSource: { name: 'mail-from-source', slots: 20, window: HOUR },
} as const satisfies Record<string, LimitRule>;
