import { DAY, HOUR, MINUTE } from '../../../src/core/clock.ts';

export interface ModelSession {
  owner: string;
  startedAt: number;
  usedAt: number;
  endsAt: number;
  ended: boolean;
}

export interface ModelToken {
  owner: string;
  expiresAt: number;
  invalid: boolean;
}

/** The error code of an operation, or OK. */
export type Outcome = 'OK' | 'BAD_USER_INPUT' | 'EMAIL_TAKEN' | 'INVALID_CREDENTIALS' | 'TOKEN_INVALID';

/** Rejected passwords: too short, or on the list of common ones. */
export const WEAK = ['', 'zebra 7', 'password'];

/**
 * A minimal in-memory model of the service's contract. It shares only time units with the service; every other number
 * here is the documented one.
 */
export class Model {
  /** Passwords by address. */
  readonly users = new Map<string, string>();
  /** Every session and every token that was ever issued, oldest first. */
  readonly sessions: ModelSession[] = [];
  readonly tokens: ModelToken[] = [];
  /** The recipients of all mails, in order. */
  readonly mails: string[] = [];
  /** The session whose cookie each browser holds, whether or not it is still valid. */
  readonly browsers: (ModelSession | undefined)[] = [undefined, undefined];

  constructor(public now: number) {}

  isActive({ ended, usedAt, endsAt }: ModelSession): boolean {
    return !ended && this.now < endsAt && this.now < usedAt + 7 * DAY;
  }

  /** A request with this session's cookie. Returns the session if it is active; its last use is updated once a minute. */
  use(session: ModelSession | undefined): ModelSession | undefined {
    if (!session || !this.isActive(session)) return undefined;
    if (this.now >= session.usedAt + MINUTE) session.usedAt = this.now;
    return session;
  }

  /** A request of this browser. An invalid cookie is cleared. */
  visit(browser: number): ModelSession | undefined {
    const session = this.use(this.browsers[browser]);
    this.browsers[browser] = session;
    return session;
  }

  register(browser: number, email: string, password: string): Outcome {
    const presented = this.visit(browser);
    if (WEAK.includes(password)) return 'BAD_USER_INPUT';
    if (this.users.has(canonical(email))) return 'EMAIL_TAKEN';
    this.users.set(canonical(email), password);
    this.signIn(browser, canonical(email), presented, 30 * DAY);
    return 'OK';
  }

  login(browser: number, email: string, password: string, rememberMe: boolean): Outcome {
    const presented = this.visit(browser);
    if (this.users.get(canonical(email)) !== password) return 'INVALID_CREDENTIALS';
    this.signIn(browser, canonical(email), presented, rememberMe ? 30 * DAY : 12 * HOUR);
    return 'OK';
  }

  logout(browser: number): boolean {
    const session = this.visit(browser);
    if (session) session.ended = true;
    this.browsers[browser] = undefined;
    return session !== undefined;
  }

  requestReset(browser: number, email: string): void {
    const owner = canonical(email);
    this.visit(browser);
    if (!this.users.has(owner)) return;
    // An account has at most three valid tokens.
    const older = this.tokens.filter(token => token.owner === owner && !token.invalid);
    for (const token of older.slice(0, -2)) token.invalid = true;
    this.tokens.push({ owner, expiresAt: this.now + 30 * MINUTE, invalid: false });
    this.mails.push(owner);
  }

  /** `email`: the address sent with the token; REST only. */
  reset(browser: number, token: ModelToken | undefined, newPassword: string, email?: string): Outcome {
    this.visit(browser);
    if (!token || token.invalid || this.now >= token.expiresAt) return 'TOKEN_INVALID';
    if (email !== undefined && canonical(email) !== token.owner) return 'TOKEN_INVALID';
    if (WEAK.includes(newPassword)) return 'BAD_USER_INPUT';
    this.users.set(token.owner, newPassword);
    for (const other of this.tokens) if (other.owner === token.owner) other.invalid = true;
    for (const session of this.sessions) if (session.owner === token.owner) session.ended = true;
    this.mails.push(token.owner);
    return 'OK';
  }

  private signIn(browser: number, owner: string, presented: ModelSession | undefined, lifetime: number): void {
    if (presented) presented.ended = true;
    const session = { owner, startedAt: this.now, usedAt: this.now, endsAt: this.now + lifetime, ended: false };
    this.sessions.push(session);
    this.browsers[browser] = session;
  }
}

const canonical = (email: string) => email.toLowerCase();
