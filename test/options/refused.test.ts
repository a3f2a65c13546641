import { optionsFromEnvironment } from '../../src/options/environment.ts';
import { issuesOf, PUBLIC, SECRET } from '../support/settings.ts';

/** A message must tell the operator what to do, not only what is wrong. */
const ADVICE = /\b(use|list|set|make|correct|remove|check|needs?)\b/;

const BAD_VALUES: [string, string][] = [
  ['HOST', 'http://127.0.0.1'],
  ['HOST', '127.0.0.1:4000'],
  ['HOST', 'canary host'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '4e3'],
  ['PORT', 'canary'],
  ['PUBLIC_URL', 'auth.canary.org'],
  ['PUBLIC_URL', 'https://auth.canary.org/path'],
  ['PUBLIC_URL', 'https://user:canary@example.org'],
  ['PUBLIC_URL', 'ftp://canary.org'],
  ['APP_URL', '/canary'],
  ['APP_URL', 'http://canary.org/account'],
  ['APP_URL', 'https://canary.org/?page=1'],
  ['APP_URL', 'https://canary.org/#page'],
  ['APP_URL', 'https://canary.org/?'],
  ['APP_URL', 'javascript:alert(1)'],
  ['DATABASE_URL', 'data/canary.sqlite'],
  ['DATABASE_URL', 'sqlite: '],
  ['DATABASE_URL', 'sqlite::memory:'],
  ['DATABASE_URL', 'oracle://user:canary@host/db'],
  ['DATABASE_URL', 'postgresql://user:canary@host'],
  ['DATABASE_URL', 'postgresql:///canary'],
  ['DATABASE_URL', 'mysql://user:canary@host/'],
  ['DATABASE_URL', 'mysql://user@host/canary/users'],
  ['BIENVENUE_DATABASE_POOL', '1'],
  ['BIENVENUE_DATABASE_POOL', '501'],
  ['REDIS_URL', 'canary:6379'],
  ['REDIS_URL', 'https://user:canary@redis.example.org'],
  ['REDIS_URL', 'redis:///canary'],
  ['SMTP_URL', 'mail.canary.org'],
  ['SMTP_URL', 'https://user:canary@mail.example.org'],
  ['SMTP_URL', 'smtps:///canary'],
  ['MAIL_FROM', 'canary'],
  ['MAIL_FROM', 'a@canary.org, b@canary.org'],
  ['MAIL_FROM', 'Canary, John <a@canary.org>'],
  ['MAIL_FROM', 'Canary <a@canary.org>\r\nBcc: b@canary.org'],
  ['BIENVENUE_MAIL_TEMPLATES', '  '],
  ['LOG_LEVEL', 'verbose'],
  ['LOG_LEVEL', 'INFO'],
  ['BIENVENUE_ROLES', 'CANARY ROLE'],
  ['BIENVENUE_ROLES', Array.from({ length: 30 }, (_, i) => `canary_${i}_${'x'.repeat(25)}`).join()],
  ['BIENVENUE_ALLOWED_ORIGINS', '*'],
  ['BIENVENUE_ALLOWED_ORIGINS', 'https://*.canary.org'],
  ['BIENVENUE_ALLOWED_ORIGINS', 'null'],
  ['BIENVENUE_ALLOWED_ORIGINS', 'https://a.canary.org/path'],
  ['BIENVENUE_ALLOWED_ORIGINS', 'https://a.canary.org,'],
  ['BIENVENUE_ALLOWED_ORIGINS', 'https://a.canary.org b.canary.org'],
  ['BIENVENUE_TRUSTED_PROXIES', 'proxy.canary.org'],
  ['BIENVENUE_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['BIENVENUE_TRUSTED_PROXIES', '0.0.0.0/0'],
  ['BIENVENUE_TRUSTED_PROXIES', '::/0'],
  ['BIENVENUE_TRUSTED_PROXIES', '2001:db8::/129'],
  ['BIENVENUE_TRUSTED_PROXIES', '10.0.0.0/8/8'],
  ['BIENVENUE_TRUSTED_PROXIES', '10.0.0/8'],
  ['BIENVENUE_PLAYGROUND', 'true'],
  ['BIENVENUE_PAGES', 'none'],
  ['BIENVENUE_BRAND_NAME', ' \t '],
  ['BIENVENUE_BRAND_NAME', 'Canary\r\nBcc: b@canary.org'],
  ['BIENVENUE_BRAND_NAME', 'canary '.repeat(9)],
  ['BIENVENUE_BRAND_LOGO', 'http://canary.org/logo.svg'],
  ['BIENVENUE_BRAND_LOGO', 'https://user:canary@example.org/logo.svg'],
  ['BIENVENUE_BRAND_LOGO', 'javascript:canary()'],
  ['BIENVENUE_BRAND_LOGO', 'canary.html'],
  ['BIENVENUE_BRAND_COLOR', 'canary'],
  ['BIENVENUE_BRAND_COLOR', '#1234567'],
  ['BIENVENUE_BRAND_COLOR', '#fff;}canary{}'],
  ['BIENVENUE_PASSWORD_MIN_LENGTH', '0'],
  ['BIENVENUE_PASSWORD_MIN_LENGTH', '129'],
  ['BIENVENUE_BCRYPT_COST', '9'],
  ['BIENVENUE_BCRYPT_COST', '31'],
  ['BIENVENUE_PASSWORD_PEPPER', `canary${SECRET}`],
  ['BIENVENUE_PASSWORD_PEPPER', 'k1:canary'],
  ['BIENVENUE_PASSWORD_PEPPER', `k2:${SECRET},k1:canary`],
  ['BIENVENUE_PASSWORD_PEPPER', `k1:${SECRET},k1:canary${SECRET}`],
  ['BIENVENUE_PASSWORD_PEPPER', `k1:${SECRET},`],
  ['BIENVENUE_PASSWORD_PEPPER', `none:canary${SECRET}`],
  ['BIENVENUE_SESSION_IDLE', '99'],
  ['BIENVENUE_SESSION_IDLE', '0h'],
  ['BIENVENUE_SESSION_LIFETIME', '401d'],
  ['BIENVENUE_SESSION_LIFETIME', '30 d'],
  ['BIENVENUE_RESET_TOKEN_LIFETIME', '61m'],
  ['BIENVENUE_RESET_TOKEN_LIFETIME', '-30m'],
  ['BIENVENUE_COOKIE_SAME_SITE', 'strict'],
  ['BIENVENUE_RATE_LIMITS', '0'],
  ['BIENVENUE_REST', 'no'],
  ['BIENVENUE_EXPOSE_RESET_TOKEN', 'ON'],
  ['BIENVENUE_MIGRATE', 'never'],
  ['BIENVENUE_EMAIL_VERIFICATION', 'sometimes'],
  ['BIENVENUE_WORKERS', '-2'],
  ['BIENVENUE_WORKERS', '0'],
  ['BIENVENUE_WORKERS', '65'],
  ['BIENVENUE_WORKERS', 'AUTO'],
  ['BIENVENUE_METRICS_PORT', 'canary'],
  ['BIENVENUE_PASSWORD_MINLENGTH', '15'],
  ['BIENVENUE_REST_FILES', '/canary'],
  ['BIENVENUE_', 'canary'],
];

describe('a bad setting', () => {
  it.each(BAD_VALUES)(
    'OP-1: %s=%j is refused with a message that names the setting, says what to do and hides the value',
    (name, value) => {
      const issues = issuesOf({ MAIL_FROM: PUBLIC.MAIL_FROM, [name]: value });

      expect(issues).toHaveLength(1);
      expect(issues[0]).toMatch(new RegExp(`^${name}: `));
      expect(issues[0]).toMatch(ADVICE);
      expect(issues[0]).not.toContain('\n');
      expect(issues[0]).not.toContain(value);
      expect(issues[0]).not.toContain(SECRET);
      expect(issues[0]?.toLowerCase()).not.toContain('canary');
    },
  );

  it('OP-1: an unknown name is refused even when it is empty', () => {
    expect(issuesOf({ BIENVENUE_PASSWORD_PEPER: '' })).toEqual([
      'BIENVENUE_PASSWORD_PEPER: there is no such setting; use BIENVENUE_PASSWORD_PEPPER, or remove it.',
    ]);
  });

  it('OP-1: all issues are reported together, one per line', () => {
    const environment = { PORT: 'x', LOG_LEVEL: 'x', SMTP_URL: 'x', BIENVENUE_REST: 'x', BIENVENUE_NEW: 'x' };

    expect(issuesOf(environment).map(issue => issue.split(':')[0])).toEqual([
      'PORT',
      'SMTP_URL',
      'LOG_LEVEL',
      'BIENVENUE_REST',
      'BIENVENUE_NEW',
    ]);
    expect(() => optionsFromEnvironment(environment)).toThrow(issuesOf(environment).join('\n'));
  });

  it.each([
    ['a public http address', { ...PUBLIC, PUBLIC_URL: 'http://auth.example.org' }, ['PUBLIC_URL']],
    ['an invalid mail server', { ...PUBLIC, SMTP_URL: 'mail.example.org' }, ['SMTP_URL']],
    ['an invalid sender', { ...PUBLIC, MAIL_FROM: 'Example' }, ['MAIL_FROM']],
    [
      'an invalid session lifetime',
      { BIENVENUE_SESSION_LIFETIME: '1x', BIENVENUE_SESSION_IDLE: '60d' },
      ['BIENVENUE_SESSION_LIFETIME'],
    ],
    [
      'a port out of range, and no public address',
      { ...PUBLIC, PORT: '99999', PUBLIC_URL: '', HOST: '127.0.0.1' },
      ['PORT'],
    ],
  ])('OP-1: %s is reported as one issue, without its consequences', (_, environment, names) => {
    expect(issuesOf(environment).map(issue => issue.split(':')[0])).toEqual(names);
  });
});
