import type { ServerResponse } from 'node:http';
import type { SignedIn } from '../auth/auth.service.ts';
import { SessionTransport } from '../auth/auth.types.ts';
import type { Config } from '../config.ts';

/** How the session cookie is called and set, worked out once from the settings. */
export interface CookieForm {
  readonly name: string;
  readonly attributes: string;
}

/** RFC 6265bis: a `__Host-` cookie cannot be set by a sibling host, nor over http. */
export function cookieForm({ publicUrl, cookie }: Config): CookieForm {
  const https = publicUrl.startsWith('https:');
  const sameSite = cookie.sameSite === 'none' ? 'None' : 'Lax';
  return {
    name: https ? '__Host-session_id' : 'session_id',
    attributes: `Path=/; HttpOnly; SameSite=${sameSite}${https ? '; Secure' : ''}`,
  };
}

/** The cookie's value. Absent when it is sent twice: which of the two a sibling host has planted is not known. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (!header?.includes(name)) return undefined;
  let found: string | undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    if (found !== undefined) return undefined;
    found = pair.slice(equals + 1).trim();
  }
  return found;
}

/** The session cookie of one answer. */
export class SessionCookie {
  /** `presented`: whether the request came with one. */
  constructor(
    private readonly form: CookieForm,
    private readonly response: Pick<ServerResponse, 'setHeader'>,
    private readonly now: () => Date,
    private readonly presented: boolean,
  ) {}

  /** Sets the cookie for a session that was just started, unless the client carries its token itself. */
  carry({ session, token }: SignedIn, transport: SessionTransport = SessionTransport.COOKIE): void {
    if (transport !== SessionTransport.COOKIE) {
      // The session that the old cookie named has just been ended.
      this.clearStale();
      return;
    }
    const rest = Math.floor((session.expiresAt.getTime() - this.now().getTime()) / 1000);
    this.set(token, session.persistent ? `; Max-Age=${rest}` : '');
  }

  clear(): void {
    this.set('', '; Max-Age=0');
  }

  /** Clears a cookie that opens nothing any more. */
  clearStale(): void {
    if (this.presented) this.clear();
  }

  private set(value: string, maxAge: string): void {
    this.response.setHeader('set-cookie', `${this.form.name}=${value}; ${this.form.attributes}${maxAge}`);
  }
}
