import { CLOCK_SKEW, type Clock } from '../core/clock.ts';
import { AuthError } from '../core/errors.ts';
import { uuidV7 } from '../core/node.ts';
import { hashOf, isSecret, newSecret } from '../core/secret.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { JsonObject } from '../persistence/json-text.ts';
import { Token } from './token.entity.ts';
import type { User } from './user.entity.ts';

/**
 * Live tokens that a user can have for one purpose. More than one, so that neither an attacker who requests another mail
 * nor a mail that is sent twice invalidates a link that was delivered; more than three have no use.
 */
const MAX_LIVE = 3;

interface NewToken {
  /** The user whose credentials the token depends on; null for one that outlives them, or has no account yet. */
  user: User | null;
  /** In milliseconds. */
  lifetime: number;
  /** Stored with the token, readable when it is used: a new address, a provider. A password at most as its hash. */
  data?: JsonObject;
  /** Id of the mail that brings the token. */
  mailId?: string;
}

/** Issues one-time tokens and consumes them. Owns the queries on `tokens`. */
export class Tokens {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
  ) {}

  /** Adds a token, without a flush, and returns it in clear text, which nothing stores. */
  async issue(purpose: string, { user, lifetime, data, mailId }: NewToken): Promise<string> {
    const { token, hash } = newSecret();
    const now = this.clock.now();
    if (user) await this.makeRoom(user, purpose, mailId);
    this.em.create(Token, {
      id: uuidV7(),
      user,
      purpose,
      tokenHash: hash,
      credentialVersion: user?.credentialVersion ?? 0,
      data: mailId === undefined ? (data ?? null) : { ...data, mailId },
      createdAt: now,
      expiresAt: new Date(now.getTime() + lifetime),
    });
    return token;
  }

  /** Looks a token up without consuming it. Throws TOKEN_INVALID when it is unknown, used, expired or revoked. */
  async find(purpose: string, token: string): Promise<Token> {
    if (!isSecret(token)) throw new AuthError('TOKEN_INVALID');
    const found = await this.em.findOne(Token, this.whereLive(purpose, token), { populate: ['user'] });
    if (found && (found.user === null || found.credentialVersion === found.user.credentialVersion)) return found;

    // Deleted, so that an expired token stays refused if the clock is set back later.
    if (!found) await this.em.nativeDelete(Token, { purpose, tokenHash: hashOf(token) });
    throw new AuthError('TOKEN_INVALID');
  }

  /** The user that a token was issued for. Throws TOKEN_INVALID. */
  async findOwner(purpose: string, token: string): Promise<User> {
    const { user } = await this.find(purpose, token);
    if (!user) throw new AuthError('TOKEN_INVALID');
    return user;
  }

  /** Consumes the token: of any number of concurrent uses exactly one succeeds, the others throw TOKEN_INVALID. */
  async consume(purpose: string, token: string): Promise<void> {
    const deleted = isSecret(token) ? await this.em.nativeDelete(Token, this.whereLive(purpose, token)) : 0;
    if (deleted !== 1) throw new AuthError('TOKEN_INVALID');
  }

  /** Deletes the user's tokens for one purpose. */
  async revoke(purpose: string, user: User): Promise<void> {
    await this.em.nativeDelete(Token, { user: user.id, purpose });
  }

  /** Deletes every token of the user, for all purposes. */
  async revokeAll(user: User): Promise<void> {
    await this.em.nativeDelete(Token, { user: user.id });
  }

  /**
   * Removes a token when the user has MAX_LIVE already. Repeated attempts to send one mail replace their own tokens
   * first: a mail server that keeps failing must not invalidate a link that another mail delivered.
   */
  private async makeRoom(user: User, purpose: string, mailId?: string): Promise<void> {
    const oldestFirst = { createdAt: 'asc', id: 'asc' } as const;
    const live = await this.em.find(Token, { user: user.id, purpose }, { orderBy: oldestFirst });
    if (live.length < MAX_LIVE) return;
    const ofSameMail = live.filter(({ data }) => mailId !== undefined && data?.mailId === mailId);
    this.em.remove((ofSameMail.length > 1 ? ofSameMail : live)[0] as Token);
  }

  /** A token from the future was issued before the clock was set back, and would outlive its lifetime. */
  private whereLive(purpose: string, token: string) {
    const now = this.clock.now();
    const latest = new Date(now.getTime() + CLOCK_SKEW);
    return { purpose, tokenHash: hashOf(token), createdAt: { $lte: latest }, expiresAt: { $gt: now } };
  }
}
