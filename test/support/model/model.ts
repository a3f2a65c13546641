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
  dead: boolean;
}

/** An error code, or that it went well. */
export type Outcome = 'OK' | 'BAD_USER_INPUT' | 'EMAIL_TAKEN' | 'INVALID_CREDENTIALS' | 'TOKEN_INVALID';

/** What is shorter than eight characters, or on the list, is no password. */
export const WEAK = ['', 'zebra 7', 'password'];

/**
 * What the service promises, in as few words as it takes, and all in memory. It shares nothing with the service but
 * the length of a day: every number here is the contract's.
 */
export class Model {
  /** Passwords by address. */
  readonly users = new Map<string, string>();
  /** Every session that was ever given out, and every token, in that order. */
  readonly sessions: ModelSession[] = [];
  readonly tokens: ModelToken[] = [];
  /** Who got a mail: all of them, in order. */
  readonly mails: string[] = [];
  /** The cookie that each browser holds, whether or not it still opens anything. */
  readonly browsers: (ModelSession | undefined)[] = [undefined, undefined];

  constructor(public now: number) {}

  isAlive({ ended, usedAt, endsAt }: ModelSession): boolean {
    return !ended && this.now < endsAt && this.now < usedAt + 7 * DAY;
  }

  /** Whose session a request runs under: that counts as use, written down once a minute. */
  use(session: ModelSession | undefined): ModelSession | undefined {
    if (!session || !this.isAlive(session)) return undefined;
    if (this.now >= session.usedAt + MINUTE) session.usedAt = this.now;
    return session;
  }

  /** A request of this browser. A cookie that opens nothing is taken from it. */
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
    // Three links of one account work at a time.
    const older = this.tokens.filter(token => token.owner === owner && !token.dead);
    for (const token of older.slice(0, -2)) token.dead = true;
    this.tokens.push({ owner, expiresAt: this.now + 30 * MINUTE, dead: false });
    this.mails.push(owner);
  }

  /** `email`: what was said beside the token, where it was asked for. */
  reset(browser: number, token: ModelToken | undefined, newPassword: string, email?: string): Outcome {
    this.visit(browser);
    if (!token || token.dead || this.now >= token.expiresAt) return 'TOKEN_INVALID';
    if (email !== undefined && canonical(email) !== token.owner) return 'TOKEN_INVALID';
    if (WEAK.includes(newPassword)) return 'BAD_USER_INPUT';
    this.users.set(token.owner, newPassword);
    for (const other of this.tokens) if (other.owner === token.owner) other.dead = true;
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
