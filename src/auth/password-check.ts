import { AuthError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { AccountEvents } from './account-events.ts';
import type { AuthRateLimits } from './auth-rate-limits.ts';
import type { KnownDevices } from './known-devices.ts';
import type { Passwords } from './passwords.ts';
import type { User } from './user.entity.ts';
import type { Users } from './users.ts';

interface PasswordCheckParts {
  devices: KnownDevices;
  events: AccountEvents;
  log: Log;
  passwords: Passwords;
  rateLimits: AuthRateLimits;
  users: Users;
}

/** A user whose password was right. */
export interface CheckedPassword {
  user: User;
  /** Clears the counters of attempts. Call it in the transaction of what the password permits. */
  accept(): Promise<void>;
}

/** The only place where a password permits something: each attempt is counted, and a failure is recorded. */
export class PasswordCheck {
  constructor(private readonly parts: PasswordCheckParts) {}

  /**
   * Checks the password of the account with this canonical address. Takes the same time for a wrong password, an account
   * without one, a disabled one and an address without account. Throws INVALID_CREDENTIALS, RATE_LIMITED, BUSY.
   */
  async verify(account: string, password: string): Promise<CheckedPassword> {
    const { devices, events, passwords, rateLimits, users } = this.parts;
    if (!passwords.isPossible(password)) throw new AuthError('INVALID_CREDENTIALS');

    passwords.assertCapacity();
    const device = await devices.nameFor(account);
    const locked = await rateLimits.countPasswordAttempt(account, device);
    const user = await users.findByEmail(account);
    const refused = locked || user?.disabled;
    const matches = await passwords.verify(password, refused ? null : user?.passwordHash);
    if (!user || !matches) {
      this.reportMissingPepper(user);
      await events.recordFailedSignIn(user?.id ?? null);
      throw new AuthError('INVALID_CREDENTIALS');
    }
    return { user, accept: () => rateLimits.passwordAccepted(account, device) };
  }

  private reportMissingPepper(user: User | null): void {
    const { log, passwords } = this.parts;
    if (user?.passwordHash && passwords.isOrphaned(user.passwordHash)) {
      log.warn('a stored password hash needs a pepper that is not configured; the user has to reset the password');
    }
  }
}
