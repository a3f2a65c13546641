import { isLoopback } from '../core/loopback.ts';
import type { Options } from '../options.ts';

type CookieOptions = Pick<Options, 'publicUrl' | 'allowedOrigins' | 'cookieSameSite'>;

/** How an origin relates to PUBLIC_URL. A site is a scheme with a registrable domain. */
export type Relation = 'same-origin' | 'same-site' | 'cross-site';

/**
 * What becomes of the session cookie in requests from the pages of an origin:
 * - `sent`: by every browser
 * - `partitioned`: by browsers that support partitioned cookies (CHIPS), one cookie for each site of a front end
 * - `not-sent`: by no browser
 * - `refused`: the service refuses the request itself, because the origin is not allowed
 */
export type Delivery = 'sent' | 'partitioned' | 'not-sent' | 'refused';

export interface CookieDelivery {
  readonly origin: string;
  readonly relation: Relation;
  readonly delivery: Delivery;
  /** Why, as a sentence. */
  readonly reason: string;
  /** What to do, as a sentence, unless the cookie is sent. */
  readonly advice?: string;
}

/** Decides whether browsers send the session cookie from the pages of `origin`. */
export async function cookieDelivery(origin: string, options: CookieOptions): Promise<CookieDelivery> {
  const { publicUrl, allowedOrigins, cookieSameSite } = options;
  if (origin === publicUrl)
    return { origin, relation: 'same-origin', delivery: 'sent', reason: 'It is the origin of the service.' };
  const relation = (await isSameSite(origin, publicUrl)) ? 'same-site' : 'cross-site';
  if (!allowedOrigins.includes(origin)) return { origin, relation, ...REFUSED };
  if (relation === 'same-site')
    return { origin, relation, delivery: 'sent', reason: `It is on the same site as ${publicUrl}.` };
  return { origin, relation, ...(cookieSameSite === 'none' ? partitioned(origin) : notSent(origin, publicUrl)) };
}

/** One line for the log of the start when browsers do not send the cookie from an allowed origin. */
export async function cookieWarning(options: CookieOptions): Promise<string | undefined> {
  const deliveries = await Promise.all(options.allowedOrigins.map(origin => cookieDelivery(origin, options)));
  const [first, ...others] = deliveries.filter(({ delivery }) => delivery === 'not-sent');
  if (!first) return undefined;
  const { origin, reason, advice } = first;
  const rest = others.length > 0 ? ` bienvenue doctor explains ${others.length} more.` : '';
  return `BIENVENUE_ALLOWED_ORIGINS: browsers do not send the session cookie from ${origin}. ${reason} ${advice}${rest}`;
}

type Verdict = Pick<CookieDelivery, 'delivery' | 'reason' | 'advice'>;

const REFUSED: Verdict = {
  delivery: 'refused',
  reason: 'BIENVENUE_ALLOWED_ORIGINS does not list it: the service responds with 403, which its pages cannot read.',
  advice: 'List it there if its pages are to use the service.',
};

const partitioned = (origin: string): Verdict => ({
  delivery: 'partitioned',
  reason:
    'It is on another site, so the cookie is a third-party cookie. Chrome and Firefox keep it, because it is partitioned; Safari blocks it in many versions.',
  advice: isWebOrigin(origin)
    ? 'For every browser, serve the pages and the service under one domain, or use bearer tokens.'
    : 'Apps and browser extensions are better off with bearer tokens.',
});

function notSent(origin: string, publicUrl: string): Verdict {
  const [page, service] = [new URL(origin), new URL(publicUrl)];
  const verdict = (reason: string, advice: string): Verdict => ({ delivery: 'not-sent', reason, advice });
  if (!isWebOrigin(origin))
    return verdict('An app or a browser extension is another site than the service.', 'Use bearer tokens there.');
  if (page.hostname === service.hostname)
    return verdict(
      'http and https of one host are different sites.',
      `Serve the pages with ${service.protocol.slice(0, -1)} as well.`,
    );
  if (isLoopback(page.hostname) && isLoopback(service.hostname))
    return verdict(
      `${page.hostname} and ${service.hostname} are different sites, although both are this machine.`,
      `Open the pages at ${service.hostname}, and list that origin.`,
    );
  const reason = `It is on another site than ${publicUrl}, and the cookie has SameSite=Lax.`;
  if (service.protocol === 'https:')
    return verdict(
      reason,
      'Serve both under one domain, set BIENVENUE_COOKIE_SAME_SITE=none, or use bearer tokens there.',
    );
  return verdict(reason, 'Serve both with https and set BIENVENUE_COOKIE_SAME_SITE=none, or use bearer tokens there.');
}

/** The Public Suffix List is loaded only when host names differ. */
async function isSameSite(one: string, other: string): Promise<boolean> {
  const [a, b] = [new URL(one), new URL(other)];
  if (a.protocol !== b.protocol) return false;
  if (a.hostname === b.hostname) return true;
  const { siteOf } = await import('./site.ts');
  return siteOf(a) === siteOf(b);
}

/** Whether it is the origin of a web page, and not of an app or a browser extension. */
export const isWebOrigin = (origin: string) => /^https?:/.test(origin);
