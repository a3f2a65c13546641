import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts';
import { databaseOf } from '../../src/options/connection-urls.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import { optionsTable } from '../../src/options/reference.ts';
import { OPTIONS, type Options, withPort } from '../../src/options.ts';
import { Folder } from '../support/folder.ts';
import { issuesOf, PUBLIC, SECRET } from '../support/settings.ts';

/** Environment name, the option it sets, its default, another value, and the parsed result. */
const SETTINGS: [string, (options: Options) => unknown, unknown, string, unknown][] = [
  ['HOST', c => c.host, '127.0.0.1', '::1', '::1'],
  ['PORT', c => c.port, 4000, '0', 0],
  ['PUBLIC_URL', c => c.publicUrl, 'http://localhost:4000', 'https://localhost/', 'https://localhost'],
  ['APP_URL', c => c.appUrl, 'http://localhost:4000', 'https://example.org/account/', 'https://example.org/account'],
  [
    'DATABASE_URL',
    c => databaseOf(c),
    { kind: 'sqlite', path: 'data/bienvenue.sqlite' },
    'postgresql://me:secret@db.example.org/accounts',
    { kind: 'postgresql', url: 'postgresql://me:secret@db.example.org/accounts', poolSize: 10 },
  ],
  [
    'REDIS_URL',
    c => c.redisUrl,
    undefined,
    'rediss://user:secret@redis.example.org/2',
    'rediss://user:secret@redis.example.org/2',
  ],
  ['MAIL_FROM', c => c.mailFrom, 'Bienvenue <bienvenue@localhost>', 'a@example.org', 'a@example.org'],
  ['BIENVENUE_MAIL_TEMPLATES', c => c.mailTemplates, undefined, '/etc/bienvenue/mails', '/etc/bienvenue/mails'],
  ['LOG_LEVEL', c => c.logLevel, 'info', 'trace', 'trace'],
  [
    'BIENVENUE_ALLOWED_ORIGINS',
    c => c.allowedOrigins,
    [],
    'https://a.org, https://b.org:8443',
    ['https://a.org', 'https://b.org:8443'],
  ],
  [
    'BIENVENUE_TRUSTED_PROXIES',
    c => c.trustedProxies,
    [],
    '10.0.0.0/8, 2001:db8::1',
    ['10.0.0.0/8', '2001:db8::1/128'],
  ],
  ['BIENVENUE_PLAYGROUND', c => c.playground, true, 'off', false],
  ['BIENVENUE_PAGES', c => c.pages, true, 'off', false],
  ['BIENVENUE_BRAND_NAME', c => c.brandName, undefined, ' Example Ltd. ', 'Example Ltd.'],
  ['BIENVENUE_BRAND_LOGO', c => c.brandLogo, undefined, '/etc/bienvenue/logo.SVG', '/etc/bienvenue/logo.SVG'],
  ['BIENVENUE_BRAND_COLOR', c => c.brandColor, '#3350c4', '#0AF', '#00aaff'],
  ['BIENVENUE_PASSWORD_MIN_LENGTH', c => c.passwordMinLength, 8, '15', 15],
  ['BIENVENUE_BCRYPT_COST', c => c.bcryptCost, 12, '10', 10],
  [
    'BIENVENUE_PASSWORD_PEPPER',
    c => c.passwordPepper,
    [],
    `k2:${SECRET}, k1:1${SECRET}`,
    [
      { id: 'k2', secret: SECRET },
      { id: 'k1', secret: `1${SECRET}` },
    ],
  ],
  ['BIENVENUE_SESSION_IDLE', c => c.sessionIdle, 7 * DAY, '12h', 12 * HOUR],
  ['BIENVENUE_SESSION_LIFETIME', c => c.sessionLifetime, 30 * DAY, '400d', 400 * DAY],
  ['BIENVENUE_RESET_TOKEN_LIFETIME', c => c.resetTokenLifetime, 30 * MINUTE, '3600s', HOUR],
  ['BIENVENUE_EMAIL_VERIFICATION', c => c.emailVerification, 'optional', 'required', 'required'],
  ['BIENVENUE_ROLES', c => c.roles, [], 'SUPPORT, BILLING', ['SUPPORT', 'BILLING']],
  ['BIENVENUE_EVENTS_KEEP', c => c.eventsKeep, 90 * DAY, '365d', 365 * DAY],
  ['BIENVENUE_COOKIE_NAME', c => c.cookieName, 'session_id', 'accounts', 'accounts'],
  ['BIENVENUE_COOKIE_SAME_SITE', c => c.cookieSameSite, 'lax', 'lax', 'lax'],
  ['BIENVENUE_RATE_LIMITS', c => c.rateLimits, true, 'off', false],
  ['BIENVENUE_REST', c => c.rest, true, 'off', false],
  ['BIENVENUE_EXPOSE_RESET_TOKEN', c => c.exposeResetToken, false, 'on', true],
  ['BIENVENUE_MIGRATE', c => c.migrate, 'auto', 'manual', 'manual'],
  ['BIENVENUE_WORKERS', c => c.workers, 1, '64', 64],
];

describe('a good setting', () => {
  it.each(SETTINGS)(
    '%s: has its default, takes another value, and counts as absent when empty',
    (name, part, fallback, text, value) => {
      expect(part(optionsFromEnvironment({}))).toEqual(fallback);
      expect(part(optionsFromEnvironment({ [name]: text }))).toEqual(value);
      expect(part(optionsFromEnvironment({ [name]: '' }))).toEqual(fallback);
    },
  );

  it('sets the mail server, and the cookie of front ends on another site', () => {
    const options = optionsFromEnvironment({
      ...PUBLIC,
      BIENVENUE_COOKIE_SAME_SITE: 'none',
      BIENVENUE_ALLOWED_ORIGINS: 'https://app.example.com',
    });

    expect(options).toMatchObject({ smtpUrl: PUBLIC.SMTP_URL, mailFrom: PUBLIC.MAIL_FROM, cookieSameSite: 'none' });
  });

  it('accepts a sender with a quoted name that contains a comma', () => {
    const sender = '"Doe, Ada" <ada@example.org>';

    expect(optionsFromEnvironment({ MAIL_FROM: sender }).mailFrom).toBe(sender);
  });

  it('starts as many workers as there are cores with auto', () => {
    expect(optionsFromEnvironment({ BIENVENUE_WORKERS: 'auto' }).workers).toBe(availableParallelism());
  });

  it.each(['postgres', 'postgresql', 'mysql', 'mariadb'])(
    'accepts %s: for a database server, with a maximum number of connections',
    scheme => {
      const DATABASE_URL = `${scheme}://me:secret@db.example.org:1234/accounts?sslmode=require`;
      const kind = scheme.startsWith('postgres') ? 'postgresql' : 'mysql';

      expect(databaseOf(optionsFromEnvironment({ DATABASE_URL, BIENVENUE_DATABASE_POOL: '25' }))).toEqual({
        kind,
        url: DATABASE_URL,
        poolSize: 25,
      });
    },
  );

  it('enables playground and introspection on loopback only, unless the operator sets it', () => {
    expect(optionsFromEnvironment(PUBLIC).playground).toBe(false);
    expect(optionsFromEnvironment({ ...PUBLIC, BIENVENUE_PLAYGROUND: 'on' }).playground).toBe(true);
  });

  it('ignores variables of other programs', () => {
    expect(issuesOf({ PATH: '/bin', NODE_ENV: 'production', MY_BIENVENUE_THING: 'x', port: '1' })).toEqual([]);
  });

  it('is described in the table of the README', () => {
    expect(readFileSync('README.md', 'utf8')).toContain(`\n\n${optionsTable()}\n`);
    expect(
      SETTINGS.map(([name]) => name)
        .concat('SMTP_URL', 'BIENVENUE_DATABASE_POOL')
        .toSorted(),
    ).toEqual(
      Object.values(OPTIONS)
        .map(({ env }) => env)
        .toSorted(),
    );
  });

  it('results in frozen options', () => {
    const options = optionsFromEnvironment({
      BIENVENUE_PASSWORD_PEPPER: `k1:${SECRET}`,
      BIENVENUE_ALLOWED_ORIGINS: 'https://a.org',
    });
    const parts = (value: object): object[] => [
      value,
      ...Object.values(value).flatMap(part => (typeof part === 'object' && part ? parts(part) : [])),
    ];

    expect(parts(options).length).toBeGreaterThan(3);
    expect(parts(options).every(Object.isFrozen)).toBe(true);
    expect(parts(withPort(options, 1)).every(Object.isFrozen)).toBe(true);
  });
});

describe('the address that browsers use', () => {
  it('follows the actual port', () => {
    const options = withPort(optionsFromEnvironment({ PORT: '0' }), 4321);

    expect(options).toMatchObject({ port: 4321, publicUrl: 'http://localhost:4321', appUrl: 'http://localhost:4321' });
  });

  it('is kept when it is set', () => {
    const set = { PORT: '0', PUBLIC_URL: 'http://localhost:8080', APP_URL: 'http://localhost:3000' };

    expect(withPort(optionsFromEnvironment(set), 4321)).toMatchObject({
      port: 4321,
      publicUrl: 'http://localhost:8080',
      appUrl: 'http://localhost:3000',
    });
  });

  it('is normalized as browsers do, so that it equals their Origin header', () => {
    expect(optionsFromEnvironment({ PORT: '80' }).publicUrl).toBe('http://localhost');
  });
});

describe('a setting from a file', () => {
  const folder = new Folder();
  afterAll(() => folder.remove());
  const write = (text: string) => folder.write('secret', text);

  it.each([
    ['without a line break', ''],
    ['with one', '\n'],
    ['with one from Windows', '\r\n'],
  ])('OP-1: a secret can be read from a file that ends with %s', (_, end) => {
    const pepper = optionsFromEnvironment({ BIENVENUE_PASSWORD_PEPPER_FILE: write(`k1:${SECRET}${end}`) });
    const mail = optionsFromEnvironment({ ...PUBLIC, SMTP_URL: '', SMTP_URL_FILE: write(`${PUBLIC.SMTP_URL}${end}`) });

    expect(pepper.passwordPepper).toEqual([{ id: 'k1', secret: SECRET }]);
    expect(mail.smtpUrl).toBe(PUBLIC.SMTP_URL);
  });

  it('counts as missing when the name of the file is empty', () => {
    expect(optionsFromEnvironment({ PORT_FILE: '' }).port).toBe(4000);
  });

  it('is checked like any other, and its content is not shown', () => {
    const [issue, ...others] = issuesOf({ BIENVENUE_PASSWORD_PEPPER_FILE: write('k1:canary') });

    expect(issue).toMatch(/^BIENVENUE_PASSWORD_PEPPER: each secret needs 32 bytes or more/);
    expect(issue).not.toContain('canary');
    expect(others).toEqual([]);
  });

  it('OP-1: must not be empty, so that a lost secret does not start the service on the default', () => {
    for (const content of ['', '\n', '\r\n']) {
      expect(issuesOf({ DATABASE_URL_FILE: write(content) })).toEqual([
        'DATABASE_URL_FILE: the file is empty; write the value into it, or remove the setting.',
      ]);
    }
  });

  it('must be readable', () => {
    expect(issuesOf({ SMTP_URL_FILE: join(folder.path, 'canary') })).toEqual([
      'SMTP_URL_FILE: the file cannot be read; check the path and its permissions.',
    ]);
  });

  it('must not be set twice', () => {
    const issues = issuesOf({ PORT: '4001', PORT_FILE: write('4002') });

    expect(issues).toEqual(['PORT: set twice; set either it or PORT_FILE.']);
  });
});
