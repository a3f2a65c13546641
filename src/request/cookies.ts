import type { SignedIn } from '../auth/account-access.ts';
import { SessionTransport } from '../auth/auth.types.ts';
import { DEVICE_LIFETIME } from '../auth/known-devices.ts';
import type { Clock } from '../core/clock.ts';
import type { Options } from '../options.ts';
import { HttpError } from './error-response.ts';
import type { CookieTarget } from './incoming-request.ts';

/** Names and attributes of the service's cookies. */
interface CookieFormat {
  /** Name of the cookie with the session token. */
  readonly name: string;
  /** Name of the cookie that marks a browser in which a user has signed in before. It outlives the session. */
  readonly devices: string;
  readonly attributes: string;
}

/** RFC 6265bis: a `__Host-` cookie cannot be set by a sibling host, nor over http. */
export function cookieFormat({ publicUrl, cookieName, cookieSameSite }: Options): CookieFormat {
  const https = publicUrl.startsWith('https:');
  // Chromium keeps cookies of a third party only with Partitioned (CHIPS).
  const sameSite = cookieSameSite === 'none' ? 'None; Partitioned' : 'Lax';
  const prefix = https ? '__Host-' : '';
  return {
    name: `${prefix}${cookieName}`,
    devices: `${prefix}known_device`,
    attributes: `Path=/; HttpOnly; SameSite=${sameSite}${https ? '; Secure' : ''}`,
  };
}

/**
 * The cookie's value, without double quotes around it (RFC 6265, 4.1.1). Undefined when it is sent twice: one of them may
 * have been planted by a sibling host.
 */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (!header?.includes(name)) return undefined;
  let found: string | undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    if (found !== undefined) return undefined;
    found = pair.slice(equals + 1).trim();
  }
  return found?.replace(/^"(.*)"$/, '$1');
}

/** Sets the session cookie of one response. */
export class SessionCookie {
  private written: string[] = [];

  /** `presented`: whether the request had a session cookie. */
  constructor(
    private readonly format: CookieFormat,
    private readonly target: CookieTarget | undefined,
    private readonly clock: Clock,
    private readonly presented: boolean,
  ) {}

  /** How the request carries its session, and how the response carries one that replaces it. */
  get transport(): SessionTransport {
    return this.presented ? SessionTransport.COOKIE : SessionTransport.BEARER;
  }

  /** Call it before a sign-in. Throws HTTP 400 when the client wants a cookie and this connection cannot set one. */
  assertWritable(transport: SessionTransport): void {
    if (this.target || transport !== SessionTransport.COOKIE) return;
    throw new HttpError(400, 'This connection cannot set a cookie; use transport: BEARER.');
  }

  /** Sets the cookie for a new session, unless the client sends the token in the Authorization header. */
  setSession({ session, token, devices }: SignedIn, transport: SessionTransport = SessionTransport.COOKIE): void {
    if (transport !== SessionTransport.COOKIE) {
      // The sign-in has ended the session of the old cookie.
      this.clearStale();
      return;
    }
    const { name, devices: deviceName } = this.format;
    const lifetime = session.expiresAt.getTime() - this.clock.now().getTime();
    // On a shared computer (`rememberMe: false`) the sign-in must leave no trace: no device cookie.
    if (!session.persistent) this.set(this.line(name, token));
    else this.set(this.line(name, token, lifetime), this.line(deviceName, devices, DEVICE_LIFETIME));
  }

  /** Removes the cookie from the browser. */
  clear(): void {
    this.set(this.line(this.format.name, '', 0));
  }

  /** Removes the cookie if the request had one, because its session has ended. */
  clearStale(): void {
    if (this.presented) this.clear();
  }

  private line(name: string, value: string, lifetime?: number): string {
    const maxAge = lifetime === undefined ? '' : `; Max-Age=${Math.floor(lifetime / 1000)}`;
    return `${name}=${value}; ${this.format.attributes}${maxAge}`;
  }

  /** Replaces the cookies that were set here before; those that a host program has set stay. */
  private set(...lines: string[]): void {
    if (!this.target) return;
    const others = [this.target.getHeader('set-cookie') ?? []].flat().map(String);
    this.target.setHeader('set-cookie', [...others.filter(line => !this.written.includes(line)), ...lines]);
    this.written = lines;
  }
}
