import type { Options } from '../options.ts';
import { type CookieDelivery, cookieDelivery } from '../request/cookie-delivery.ts';
import { cookieFormat } from '../request/cookies.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Decides for PUBLIC_URL, every allowed origin, APP_URL and `origins` whether browsers send the session cookie. */
export function cookieDeliveries(options: Options, origins: readonly string[]): Promise<CookieDelivery[]> {
  const { publicUrl, allowedOrigins, appUrl } = options;
  const all = new Set([publicUrl, ...allowedOrigins, new URL(appUrl).origin, ...origins]);
  return Promise.all([...all].map(origin => cookieDelivery(origin, options)));
}

/** The deliveries as findings. A cookie that is not sent is a warning only, because bearer tokens work from any origin. */
export function describeDeliveries(deliveries: readonly CookieDelivery[], options: Options): Finding[] {
  const { name, attributes } = cookieFormat(options);
  const appOrigin = new URL(options.appUrl).origin;
  return [
    ok('cookie', `The session cookie is ${name}; ${attributes}.`),
    ...deliveries.map(({ origin, delivery, reason, advice }) => {
      const subject = origin === appOrigin && delivery === 'refused' ? `${origin} (APP_URL)` : origin;
      const message = `${SENTENCES[delivery]} ${subject}. ${reason}`;
      return advice === undefined ? ok('cookie', message) : warning('cookie', message, advice);
    }),
  ];
}

const SENTENCES: Record<CookieDelivery['delivery'], string> = {
  sent: 'Browsers send the cookie from',
  partitioned: 'Not every browser sends the cookie from',
  'not-sent': 'Browsers do not send the cookie from',
  refused: 'The service refuses requests from',
};
