import type { Options } from '../options.ts';

/** Warnings about options that are safe but probably a mistake. */
export function optionWarnings({ publicUrl, allowedOrigins, cookieSameSite }: Options): string[] {
  if (cookieSameSite === 'none' || !allowedOrigins.some(origin => isCrossSite(origin, publicUrl))) return [];
  return [
    'BIENVENUE_ALLOWED_ORIGINS lists an origin on another site, where browsers do not send the session cookie; set BIENVENUE_COOKIE_SAME_SITE=none, or use bearer tokens there',
  ];
}

/**
 * Whether two origins certainly belong to different sites. Origins of one site share their scheme and their registrable
 * domain, which has two labels or more. Domains such as a.co.uk and b.co.uk are not recognized as different.
 */
function isCrossSite(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)];
  return a.protocol !== b.protocol || lastLabels(a) !== lastLabels(b);
}

const lastLabels = ({ hostname }: URL) => hostname.split('.').slice(-2).join('.');
