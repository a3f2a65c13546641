import { CLOCK_SKEW, type Clock } from '../core/clock.ts';
import { AuthError } from '../core/errors.ts';
import { uuidV7 } from '../core/node.ts';
import { hashOf, isSecret, newSecret } from '../core/secret.ts';
import type { EntityManager } from '../persistence/database.ts';
import { Token, type TokenPurpose } from './token.entity.ts';
import type { User } from './user.entity.ts';

/** A stranger who asks again must not kill the owner's link, so more than one lives; more than this are of no use. */
const MOST_LIVE = 3;

/** Issues one-time tokens and uses them up. */
export class Tokens {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds a token, for the caller to save, and gives it in clear: the only time that it is. One with the `id` of an
   * earlier one takes its place.
   */
  async issue(user: User, purpose: TokenPurpose, lifetime: number, id: string = uuidV7()): Promise<string> {
    const { token, hash } = newSecret();
    const now = this.clock.now();
    await this.em.nativeDelete(Token, { id });
    const live = await this.em.find(Token, { user: user.id, purpose }, { orderBy: { createdAt: 'desc', id: 'desc' } });
    this.em.remove(live.slice(MOST_LIVE - 1));
    this.em.create(Token, {
      id,
      user,
      purpose,
      tokenHash: hash,
      credentialVersion: user.credentialVersion,
      createdAt: now,
      expiresAt: new Date(now.getTime() + lifetime),
    });
    return token;
  }

  /** Whose token it is, leaving it unused. Throws TOKEN_INVALID. */
  async findOwner(purpose: TokenPurpose, token: string): Promise<User> {
    if (!isSecret(token)) throw new AuthError('TOKEN_INVALID');
    const found = await this.em.findOne(Token, this.live(purpose, token), { populate: ['user'] });
    if (found && found.credentialVersion === found.user.credentialVersion) return found.user;

    // Should the clock be set back one day, what was refused stays refused.
    if (!found) await this.em.nativeDelete(Token, { purpose, tokenHash: hashOf(token) });
    throw new AuthError('TOKEN_INVALID');
  }

  /** Uses the token up: of any number that try at once, one goes through. Throws TOKEN_INVALID for the others. */
  async consume(purpose: TokenPurpose, token: string): Promise<void> {
    const used = isSecret(token) ? await this.em.nativeDelete(Token, this.live(purpose, token)) : 0;
    if (used !== 1) throw new AuthError('TOKEN_INVALID');
  }

  async revokeAll(user: User): Promise<void> {
    await this.em.nativeDelete(Token, { user: user.id });
  }

  /** A token from the future would outlive its time: it was issued before the clock was set back. */
  private live(purpose: TokenPurpose, token: string) {
    const now = this.clock.now();
    const future = new Date(now.getTime() + CLOCK_SKEW);
    return { purpose, tokenHash: hashOf(token), createdAt: { $lte: future }, expiresAt: { $gt: now } };
  }
}
