import type { SignedIn } from '../auth/account-access.ts';
import { SessionTransport } from '../auth/auth.types.ts';
import { DEVICE_LIFETIME } from '../auth/known-devices.ts';
import type { Clock } from '../core/clock.ts';
import type { Options } from '../options.ts';
import { HttpError } from './error-response.ts';
import type { CookieTarget } from './incoming-request.ts';

/** How our cookies are called and set, worked out once from the settings. */
export interface CookieFormat {
  /** The session's token. */
  readonly name: string;
  /** What tells the owner's browser from a stranger's; outlives the session. */
  readonly devices: string;
  readonly attributes: string;
}

/** RFC 6265bis: a `__Host-` cookie cannot be set by a sibling host, nor over http. */
export function cookieFormat({ publicUrl, cookieName, cookieSameSite }: Options): CookieFormat {
  const https = publicUrl.startsWith('https:');
  const sameSite = cookieSameSite === 'none' ? 'None' : 'Lax';
  const prefix = https ? '__Host-' : '';
  return {
    name: `${prefix}${cookieName}`,
    devices: `${prefix}known_device`,
    attributes: `Path=/; HttpOnly; SameSite=${sameSite}${https ? '; Secure' : ''}`,
  };
}

/** The cookie's value. Absent when it is sent twice: which of the two a sibling host has planted is not known. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (!header?.includes(name)) return undefined;
  let found: string | undefined;
  for (let start = 0; start < header.length; ) {
    const semicolon = header.indexOf(';', start);
    const end = semicolon < 0 ? header.length : semicolon;
    const equals = header.indexOf('=', start);
    if (equals >= 0 && equals < end && header.slice(start, equals).trim() === name) {
      if (found !== undefined) return undefined;
      found = header.slice(equals + 1, end).trim();
    }
    start = end + 1;
  }
  return found;
}

/** The session cookie of one answer. */
export class SessionCookie {
  private written: string[] = [];

  /** `presented`: whether the request came with one. */
  constructor(
    private readonly form: CookieFormat,
    private readonly target: CookieTarget | undefined,
    private readonly clock: Clock,
    private readonly presented: boolean,
  ) {}

  /** For before a sign-in: throws a 400 when the client wants a cookie and this connection cannot set one. */
  assertWritable(transport: SessionTransport): void {
    if (this.target || transport !== SessionTransport.COOKIE) return;
    throw new HttpError(400, 'This connection cannot set a cookie; use transport: BEARER.');
  }

  /** Sets the cookie for a session that was just started, unless the client carries its token itself. */
  carry({ session, token, devices }: SignedIn, transport: SessionTransport = SessionTransport.COOKIE): void {
    if (transport !== SessionTransport.COOKIE) {
      // The session that the old cookie named has just been ended.
      this.clearStale();
      return;
    }
    const { name, devices: deviceName } = this.form;
    const rest = session.expiresAt.getTime() - this.clock.now().getTime();
    // Who does not want to be remembered, on a shared computer, leaves no trace of having been there.
    if (!session.persistent) this.set(this.line(name, token));
    else this.set(this.line(name, token, rest), this.line(deviceName, devices, DEVICE_LIFETIME));
  }

  clear(): void {
    this.set(this.line(this.form.name, '', 0));
  }

  /** Clears a cookie that opens nothing any more. */
  clearStale(): void {
    if (this.presented) this.clear();
  }

  private line(name: string, value: string, lifetime?: number): string {
    const maxAge = lifetime === undefined ? '' : `; Max-Age=${Math.floor(lifetime / 1000)}`;
    return `${name}=${value}; ${this.form.attributes}${maxAge}`;
  }

  /** Replaces the cookies that were set here before; those that a host program has set stay. */
  private set(...lines: string[]): void {
    if (!this.target) return;
    const others = [this.target.getHeader('set-cookie') ?? []].flat().map(String);
    this.target.setHeader('set-cookie', [...others.filter(line => !this.written.includes(line)), ...lines]);
    this.written = lines;
  }
}
