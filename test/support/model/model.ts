import { DAY, HOUR, MINUTE } from '../../../src/core/clock.ts';

export interface ModelSession {
  owner: string;
  rememberMe: boolean;
  startedAt: number;
  usedAt: number;
  endsAt: number;
  ended: boolean;
}

export interface ModelEvent {
  owner: string;
  type: string;
  at: number;
}

export interface ModelMail {
  to: string;
  subject: string;
}

export interface ModelToken {
  owner: string;
  expiresAt: number;
  invalid: boolean;
}

/** The error code of an operation, or OK. */
export type Outcome =
  | 'OK'
  | 'BAD_USER_INPUT'
  | 'EMAIL_TAKEN'
  | 'INVALID_CREDENTIALS'
  | 'TOKEN_INVALID'
  | 'UNAUTHENTICATED';

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
  /** All mails, oldest first. */
  readonly mails: ModelMail[] = [];
  /** Everything that happened to an account, oldest first. */
  readonly events: ModelEvent[] = [];
  /** The session whose cookie each browser holds, whether or not it is still valid. */
  readonly browsers: (ModelSession | undefined)[] = [undefined, undefined];
  /** By browser: the time of the last remembered sign-in of each owner since their last new password. */
  private readonly devices = [new Map<string, number>(), new Map<string, number>()];

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
    const owner = canonical(email);
    this.users.set(owner, password);
    this.mail(owner, 'Confirm your e-mail address');
    this.record(owner, 'REGISTERED');
    this.startSession(browser, owner, presented, true);
    return 'OK';
  }

  login(browser: number, email: string, password: string, rememberMe: boolean): Outcome {
    const presented = this.visit(browser);
    const owner = canonical(email);
    if (!this.accepts(owner, password)) return 'INVALID_CREDENTIALS';
    const notice = this.noticeOfSignIn(browser, owner);
    if (notice !== undefined) this.mail(owner, notice);
    this.record(owner, 'SIGNED_IN');
    this.startSession(browser, owner, presented, rememberMe);
    return 'OK';
  }

  changePassword(browser: number, currentPassword: string, newPassword: string): Outcome {
    const presented = this.visit(browser);
    if (!presented) return 'UNAUTHENTICATED';
    if (WEAK.includes(newPassword)) return 'BAD_USER_INPUT';
    const { owner, rememberMe } = presented;
    if (!this.accepts(owner, currentPassword)) return 'INVALID_CREDENTIALS';
    this.setPassword(owner, newPassword);
    this.record(owner, 'PASSWORD_CHANGED');
    this.startSession(browser, owner, undefined, rememberMe);
    return 'OK';
  }

  logout(browser: number): boolean {
    const session = this.visit(browser);
    if (session) {
      session.ended = true;
      this.record(session.owner, 'SIGNED_OUT');
    }
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
    this.record(owner, 'PASSWORD_RESET_REQUESTED');
    this.mail(owner, 'Set a new password');
  }

  /** `email`: the address sent with the token; REST only. */
  reset(browser: number, token: ModelToken | undefined, newPassword: string, email?: string): Outcome {
    this.visit(browser);
    if (!token || token.invalid || this.now >= token.expiresAt) return 'TOKEN_INVALID';
    if (email !== undefined && canonical(email) !== token.owner) return 'TOKEN_INVALID';
    if (WEAK.includes(newPassword)) return 'BAD_USER_INPUT';
    this.setPassword(token.owner, newPassword);
    this.record(token.owner, 'PASSWORD_RESET');
    return 'OK';
  }

  /** The types of the owner's events that are still kept, oldest first. */
  eventsOf(owner: string): string[] {
    return this.keptEvents(owner).map(({ type }) => type);
  }

  private accepts(owner: string, password: string): boolean {
    const known = this.users.get(owner);
    if (known !== undefined && known !== password) this.record(owner, 'SIGN_IN_FAILED');
    return known === password;
  }

  private setPassword(owner: string, password: string): void {
    this.users.set(owner, password);
    for (const token of this.tokens) if (token.owner === owner) token.invalid = true;
    for (const session of this.sessions) if (session.owner === owner) session.ended = true;
    for (const device of this.devices) device.delete(owner);
    this.mail(owner, 'Your password was changed');
  }

  /** Both browsers have the same address and user agent: any kept event of a sign-in makes them known. */
  private noticeOfSignIn(browser: number, owner: string): string | undefined {
    const events = this.keptEvents(owner);
    const lastSignIn = events.findLastIndex(({ type }) => SIGN_INS.includes(type));
    const failures = events.slice(lastSignIn + 1).filter(({ type }) => type === 'SIGN_IN_FAILED');
    if (failures.length >= 10) return 'Sign-in after many failed attempts';
    const usedAt = this.devices[browser]?.get(owner);
    const isKnown = lastSignIn >= 0 || (usedAt !== undefined && this.now < usedAt + 180 * DAY);
    return isKnown ? undefined : 'New sign-in to your account';
  }

  private startSession(browser: number, owner: string, presented: ModelSession | undefined, rememberMe: boolean): void {
    if (presented) presented.ended = true;
    const endsAt = this.now + (rememberMe ? 30 * DAY : 12 * HOUR);
    const session = { owner, rememberMe, startedAt: this.now, usedAt: this.now, endsAt, ended: false };
    this.sessions.push(session);
    this.browsers[browser] = session;
    // Without "remember me" a sign-in leaves no trace on the device.
    if (rememberMe) this.devices[browser]?.set(owner, this.now);
  }

  private keptEvents(owner: string): ModelEvent[] {
    return this.events.filter(event => event.owner === owner && this.now < event.at + 90 * DAY);
  }

  private record(owner: string, type: string): void {
    this.events.push({ owner, type, at: this.now });
  }

  private mail(to: string, subject: string): void {
    this.mails.push({ to, subject });
  }
}

const SIGN_INS = ['REGISTERED', 'SIGNED_IN'];

const canonical = (email: string) => email.toLowerCase();
