import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Config, withPort } from '../src/config.ts';
import { DAY, HOUR, MINUTE } from '../src/core/clock.ts';
import { readConfig } from '../src/read-config.ts';
import { Folder } from './support/folder.ts';
import { faultsOf, PUBLIC, SECRET } from './support/settings.ts';

/** Name, where it is found in the configuration, its default, another text, and what that means. */
const SETTINGS: [string, (config: Config) => unknown, unknown, string, unknown][] = [
  ['HOST', c => c.host, '127.0.0.1', '::1', '::1'],
  ['PORT', c => c.port, 4000, '0', 0],
  ['PUBLIC_URL', c => c.publicUrl, 'http://localhost:4000', 'https://localhost/', 'https://localhost'],
  ['APP_URL', c => c.appUrl, 'http://localhost:4000', 'https://example.org/account/', 'https://example.org/account'],
  [
    'DATABASE_URL',
    c => c.database,
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
  ['MAIL_FROM', c => c.mail.from, 'Bienvenue <bienvenue@localhost>', 'a@example.org', 'a@example.org'],
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
  ['BIENVENUE_PASSWORD_MIN_LENGTH', c => c.password.minLength, 8, '15', 15],
  ['BIENVENUE_BCRYPT_COST', c => c.password.bcryptCost, 12, '10', 10],
  [
    'BIENVENUE_PASSWORD_PEPPER',
    c => c.password.peppers,
    [],
    `k2:${SECRET}, k1:1${SECRET}`,
    [
      { id: 'k2', secret: SECRET },
      { id: 'k1', secret: `1${SECRET}` },
    ],
  ],
  ['BIENVENUE_SESSION_IDLE', c => c.session.idle, 7 * DAY, '12h', 12 * HOUR],
  ['BIENVENUE_SESSION_LIFETIME', c => c.session.lifetime, 30 * DAY, '400d', 400 * DAY],
  ['BIENVENUE_RESET_TOKEN_LIFETIME', c => c.resetToken.lifetime, 30 * MINUTE, '3600s', HOUR],
  ['BIENVENUE_COOKIE_SAME_SITE', c => c.cookie.sameSite, 'lax', 'lax', 'lax'],
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
      expect(part(readConfig({}))).toEqual(fallback);
      expect(part(readConfig({ [name]: text }))).toEqual(value);
      expect(part(readConfig({ [name]: '' }))).toEqual(fallback);
    },
  );

  it('names the mail server, and the cookie of front ends on another site', () => {
    const config = readConfig({
      ...PUBLIC,
      BIENVENUE_COOKIE_SAME_SITE: 'none',
      BIENVENUE_ALLOWED_ORIGINS: 'https://app.example.com',
    });

    expect(config.mail).toEqual({ smtpUrl: PUBLIC.SMTP_URL, from: PUBLIC.MAIL_FROM });
    expect(config.cookie).toEqual({ sameSite: 'none' });
  });

  it('takes a sender whose name is in quotes, with a comma in it', () => {
    const sender = '"Doe, Ada" <ada@example.org>';

    expect(readConfig({ MAIL_FROM: sender }).mail.from).toBe(sender);
  });

  it('starts as many workers as there are cores when that is asked for', () => {
    expect(readConfig({ BIENVENUE_WORKERS: 'auto' }).workers).toBe(availableParallelism());
  });

  it.each(['postgres', 'postgresql', 'mysql', 'mariadb'])(
    'takes %s: for a database server, and bounds its connections',
    scheme => {
      const DATABASE_URL = `${scheme}://me:secret@db.example.org:1234/accounts?ssl=true`;
      const kind = scheme.startsWith('postgres') ? 'postgresql' : 'mysql';

      expect(readConfig({ DATABASE_URL, BIENVENUE_DATABASE_POOL: '25' }).database).toEqual({
        kind,
        url: DATABASE_URL,
        poolSize: 25,
      });
    },
  );

  it('keeps playground and introspection for loopback, unless it is asked for', () => {
    expect(readConfig(PUBLIC).playground).toBe(false);
    expect(readConfig({ ...PUBLIC, BIENVENUE_PLAYGROUND: 'on' }).playground).toBe(true);
  });

  it('ignores what is not ours', () => {
    expect(faultsOf({ PATH: '/bin', NODE_ENV: 'production', MY_BIENVENUE_THING: 'x', port: '1' })).toEqual([]);
  });

  it('stands in the README, which lists no other', () => {
    const lines = readFileSync('README.md', 'utf8').match(/^\| `[A-Z_]+`.*?\|/gm) ?? [];
    const listed = lines.flatMap(line => line.match(/[A-Z_]+/g) ?? []);

    const others = ['SMTP_URL', 'BIENVENUE_DATABASE_POOL'];
    expect(listed.toSorted()).toEqual([...SETTINGS.map(([name]) => name), ...others].toSorted());
  });

  it('leads to settings that nobody can change', () => {
    const config = readConfig({
      BIENVENUE_PASSWORD_PEPPER: `k1:${SECRET}`,
      BIENVENUE_ALLOWED_ORIGINS: 'https://a.org',
    });
    const parts = (value: object): object[] => [
      value,
      ...Object.values(value).flatMap(part => (typeof part === 'object' && part ? parts(part) : [])),
    ];

    expect(parts(config).length).toBeGreaterThan(8);
    expect(parts(config).every(Object.isFrozen)).toBe(true);
    expect(parts(withPort(config, 1)).every(Object.isFrozen)).toBe(true);
  });
});

describe('the address that browsers use', () => {
  it('follows the port that was taken', () => {
    const config = withPort(readConfig({ PORT: '0' }), 4321);

    expect(config).toMatchObject({ port: 4321, publicUrl: 'http://localhost:4321', appUrl: 'http://localhost:4321' });
  });

  it('stays where it was set', () => {
    const set = { PORT: '0', PUBLIC_URL: 'http://localhost:8080', APP_URL: 'http://localhost:3000' };

    expect(withPort(readConfig(set), 4321)).toMatchObject({
      port: 4321,
      publicUrl: 'http://localhost:8080',
      appUrl: 'http://localhost:3000',
    });
  });

  it('is written as browsers write it, so that a page there is known as our own', () => {
    expect(readConfig({ PORT: '80' }).publicUrl).toBe('http://localhost');
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
  ])('OP-1: a secret can come from a file, %s at its end', (_, end) => {
    const pepper = readConfig({ BIENVENUE_PASSWORD_PEPPER_FILE: write(`k1:${SECRET}${end}`) });
    const mail = readConfig({ ...PUBLIC, SMTP_URL: '', SMTP_URL_FILE: write(`${PUBLIC.SMTP_URL}${end}`) });

    expect(pepper.password.peppers).toEqual([{ id: 'k1', secret: SECRET }]);
    expect(mail.mail.smtpUrl).toBe(PUBLIC.SMTP_URL);
  });

  it('counts as absent when the file, or its name, is empty', () => {
    expect(readConfig({ PORT_FILE: write('') }).port).toBe(4000);
    expect(readConfig({ PORT_FILE: '' }).port).toBe(4000);
  });

  it('is checked like any other, and its content not shown', () => {
    const [fault, ...others] = faultsOf({ BIENVENUE_PASSWORD_PEPPER_FILE: write('k1:canary') });

    expect(fault).toMatch(/^BIENVENUE_PASSWORD_PEPPER: each secret needs 32 bytes or more/);
    expect(fault).not.toContain('canary');
    expect(others).toEqual([]);
  });

  it('must be readable', () => {
    expect(faultsOf({ SMTP_URL_FILE: join(folder.path, 'canary') })).toEqual([
      'SMTP_URL_FILE: the file cannot be read; check the path and who may read it.',
    ]);
  });

  it('must not be given twice', () => {
    const faults = faultsOf({ PORT: '4001', PORT_FILE: write('4002') });

    expect(faults).toEqual(['PORT: given twice; set either it or PORT_FILE.']);
  });
});
