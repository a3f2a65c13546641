import { isLoopback } from '../core/loopback.ts';
import type { OPTIONS, Options } from '../options.ts';
import type { OptionsCheck } from './define.ts';

/** Combinations of options that are unsafe or have no effect, though each option is valid by itself. */
export function combinationIssues(options: Options, check: OptionsCheck<typeof OPTIONS>, ownMailer: boolean): string[] {
  const { nameOf } = check;
  const https = options.publicUrl.startsWith('https:');
  const local = isLoopback(options.host) && isLocal(options.publicUrl);
  const rules: [boolean, keyof Options, string][] = [
    [
      !https && !isLocal(options.publicUrl),
      'publicUrl',
      'plain http is accepted on this machine only; set it to the https address that browsers use.',
    ],
    [
      check.isGiven('appUrl') && !options.appUrl.startsWith('https:') && !isLocal(options.appUrl),
      'appUrl',
      'plain http is accepted on this machine only; set it to an https address.',
    ],
    [
      !check.isGiven('smtpUrl') && !local && !ownMailer,
      'smtpUrl',
      'missing. The dev mailbox works on this machine only; set a mail server, as smtps://user:password@host.',
    ],
    [
      options.smtpUrl !== undefined && !check.isGiven('mailFrom'),
      'mailFrom',
      'missing. Set the sender of mails, as "Example <no-reply@example.org>".',
    ],
    [
      options.passwordMinLength < 8 && !local,
      'passwordMinLength',
      'a length below 8 is accepted on this machine only; set 8 or more.',
    ],
    [!options.rateLimits && !local, 'rateLimits', 'off is accepted on this machine only; set it to on.'],
    [options.exposeResetToken && !local, 'exposeResetToken', 'on is accepted on this machine only; set it to off.'],
    [
      options.exposeResetToken && !options.rest,
      'exposeResetToken',
      `only the REST routes return the token; set ${nameOf('rest')} to on, or this to off.`,
    ],
    [
      options.cookieSameSite === 'none' && !https,
      'cookieSameSite',
      `none needs https; set ${nameOf('publicUrl')} to an https address, or this to lax.`,
    ],
    [
      options.cookieSameSite === 'none' && options.allowedOrigins.length === 0,
      'cookieSameSite',
      `none is for front ends on another site; list their origins in ${nameOf('allowedOrigins')}.`,
    ],
    [
      !check.isRefused('sessionLifetime') && options.sessionIdle > options.sessionLifetime,
      'sessionIdle',
      `longer than ${nameOf('sessionLifetime')}; set it to the same or less.`,
    ],
    [
      https && options.allowedOrigins.some(allowed => allowed.startsWith('http:') && !isLocal(allowed)),
      'allowedOrigins',
      'a page from plain http can be replaced on its way to the browser; list https origins.',
    ],
    // The second cookie has this name, with the same attributes.
    [
      options.cookieName === 'known_device',
      'cookieName',
      'known_device is the name of another cookie; set another one.',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, key, sentence]) => `${nameOf(key)}: ${sentence}`);
}

const isLocal = (url: string) => isLoopback(new URL(url).hostname);
