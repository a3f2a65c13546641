/** OWASP's headers for an API: no response may be framed, sniffed, cached or embedded by other sites. */
export const PROTECTIVE_HEADERS: readonly [string, string][] = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
];
