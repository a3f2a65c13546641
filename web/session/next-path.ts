/** Where signing in leads without `next`. */
const ACCOUNT = '/account';

/** A placeholder for the origin of the pages: a path that leads away from it is refused. */
const HERE = 'https://here.invalid';

/**
 * The path from a `?next=` parameter, or the account's for one that is missing or would leave this origin. Browsers read
 * `//host`, `/\host` and `/<tab>/host` as another host, so the URL parser decides, not the text.
 */
export function nextPath(next: string | null): string {
  if (!next?.startsWith('/')) return ACCOUNT;
  const url = URL.parse(next, HERE);
  if (url?.origin !== HERE || url.username || url.password) return ACCOUNT;
  const path = url.pathname + url.search + url.hash;
  // What the parser leaves of `/.//host` must not become a host in the next parser.
  return path.startsWith('//') ? ACCOUNT : path;
}

/** The sign-in page that leads back to a path. */
export const signInPath = (next: string): string =>
  next === ACCOUNT ? '/account/sign-in' : `/account/sign-in?next=${encodeURIComponent(next)}`;
