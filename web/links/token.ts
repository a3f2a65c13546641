import { LINK_PAGES } from '../../src/http/account-pages/page-settings.ts';

let token: string | null = null;

/**
 * Moves the token of a mail's link from the address bar into memory, before anything can send the address elsewhere or
 * keep it in the history. It is gone when the page is loaded again.
 */
export function takeToken(): void {
  if (!LINK_PAGES.includes(location.pathname)) return;
  // Mail programs that wrap long lines leave spaces and line breaks in a link.
  token = new URLSearchParams(location.search).get('token')?.replace(/\s/g, '') || null;
  history.replaceState(history.state, '', location.pathname);
}

/** The token of the link that opened these pages; null if there is none. */
export const linkToken = (): string | null => token;

/** Forgets the token once it has been used or refused. */
export function forgetToken(): void {
  token = null;
}
