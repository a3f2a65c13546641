import { getDomain } from 'tldts';

/**
 * The site of an origin, as SameSite counts: its scheme with its registrable domain, by the Public Suffix List as browsers
 * use it, private suffixes such as `github.io` included. A host without one, such as `localhost`, is its own site.
 */
export function siteOf({ protocol, hostname }: URL): string {
  const domain = getDomain(hostname, { allowPrivateDomains: true, extractHostname: false, validateHostname: false });
  return `${protocol}//${domain ?? hostname}`;
}
