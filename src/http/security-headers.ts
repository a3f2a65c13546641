import { createHash } from 'node:crypto';

/** OWASP's headers for an API: no response may be framed, sniffed, cached or embedded by other sites. */
export const PROTECTIVE_HEADERS: readonly [string, string][] = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
];

/** The value of `script-src` or `style-src` that allows this inline text. */
export const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
