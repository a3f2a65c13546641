import { availableParallelism } from 'node:os';
import {
  type Config,
  ConfigError,
  type DatabaseConfig,
  freeze,
  isLoopback,
  LOG_LEVELS,
  localhost,
  type Pepper,
  type ServerDatabase,
} from './config.ts';
import { DAY, HOUR, MINUTE } from './core/clock.ts';
import {
  cidr,
  duration,
  type Environment,
  hostName,
  integer,
  listOf,
  notYet,
  oneOf,
  onlyYet,
  onOff,
  origin,
  pageUrl,
  type Reader,
  Refusal,
  redis,
  Settings,
  sender,
  smtp,
} from './settings.ts';

/** Reads and checks the settings. Throws ConfigError with every fault there is. */
export function readConfig(environment: Environment): Config {
  const settings = new Settings(environment);
  const port = settings.get('PORT', integer(0, 65535), 4000);
  const host = settings.get('HOST', hostName, '127.0.0.1');
  const publicUrl = settings.get('PUBLIC_URL', origin, localhost(port));
  const lifetime = settings.get('BIENVENUE_SESSION_LIFETIME', duration(MINUTE, 400 * DAY), 30 * DAY);
  const smtpUrl = settings.get('SMTP_URL', smtp, undefined);

  const config: Config = {
    host,
    port,
    publicUrl,
    appUrl: settings.get('APP_URL', pageUrl, publicUrl),
    database: settings.get('DATABASE_URL', database(settings.get('BIENVENUE_DATABASE_POOL', integer(2, 500), 10)), {
      kind: 'sqlite',
      path: 'data/bienvenue.sqlite',
    }),
    redisUrl: settings.get('REDIS_URL', redis, undefined),
    mail: { smtpUrl, from: settings.get('MAIL_FROM', sender, 'Bienvenue <bienvenue@localhost>') },
    logLevel: settings.get('LOG_LEVEL', oneOf(LOG_LEVELS), 'info'),
    allowedOrigins: settings.get('BIENVENUE_ALLOWED_ORIGINS', listOf(origin), []),
    trustedProxies: settings.get('BIENVENUE_TRUSTED_PROXIES', listOf(cidr), []),
    playground: settings.get('BIENVENUE_PLAYGROUND', onOff, isLoopback(new URL(publicUrl).hostname)),
    password: {
      minLength: settings.get('BIENVENUE_PASSWORD_MIN_LENGTH', integer(1, 128), 8),
      bcryptCost: settings.get('BIENVENUE_BCRYPT_COST', integer(10, 20), 12),
      peppers: settings.get('BIENVENUE_PASSWORD_PEPPER', peppers, []),
    },
    session: {
      idle: settings.get('BIENVENUE_SESSION_IDLE', duration(MINUTE, 400 * DAY), Math.min(7 * DAY, lifetime)),
      lifetime,
    },
    resetToken: { lifetime: settings.get('BIENVENUE_RESET_TOKEN_LIFETIME', duration(MINUTE, HOUR), 30 * MINUTE) },
    cookie: { sameSite: settings.get('BIENVENUE_COOKIE_SAME_SITE', oneOf(['lax', 'none']), 'lax') },
    rateLimits: settings.get('BIENVENUE_RATE_LIMITS', onOff, true),
    rest: settings.get('BIENVENUE_REST', onOff, true),
    exposeResetToken: settings.get('BIENVENUE_EXPOSE_RESET_TOKEN', onOff, false),
    migrate: settings.get('BIENVENUE_MIGRATE', oneOf(['auto', 'manual']), 'auto'),
    workers: settings.get('BIENVENUE_WORKERS', workers, 1),
  };

  // Known to the contract, not to this version: only what they would default to is accepted.
  settings.get('BIENVENUE_EMAIL_VERIFICATION', onlyYet('optional'), undefined);
  settings.get('BIENVENUE_METRICS_PORT', notYet, undefined);

  settings.refuseUnknown();
  settings.faults.push(...unsafe(config, settings));
  if (settings.faults.length > 0) throw new ConfigError(settings.faults);
  return freeze(config);
}

/** Each setting may be fine alone and the whole still not be safe. */
function unsafe(config: Config, settings: Settings): string[] {
  const https = config.publicUrl.startsWith('https:');
  const local = isLoopback(config.host) && isLoopback(new URL(config.publicUrl).hostname);
  const faults: [boolean, string][] = [
    [
      !https && !isLoopback(new URL(config.publicUrl).hostname),
      'PUBLIC_URL: plain http is accepted for this machine only; give the https address that browsers use.',
    ],
    [
      settings.has('APP_URL') && !config.appUrl.startsWith('https:') && !isLoopback(new URL(config.appUrl).hostname),
      'APP_URL: plain http is accepted for this machine only; give an https address.',
    ],
    [
      !settings.has('SMTP_URL') && !local,
      'SMTP_URL: missing. The dev mailbox works on this machine only; name a mail server, as smtps://user:password@host.',
    ],
    [
      Boolean(config.mail.smtpUrl) && !settings.has('MAIL_FROM'),
      'MAIL_FROM: missing. Say whom mails come from, as "Example <no-reply@example.org>".',
    ],
    [
      config.password.minLength < 8 && !local,
      'BIENVENUE_PASSWORD_MIN_LENGTH: below 8 on this machine only; set 8 or more.',
    ],
    [!config.rateLimits && !local, 'BIENVENUE_RATE_LIMITS: may be off on this machine only; set it to on.'],
    [
      config.exposeResetToken && !local,
      'BIENVENUE_EXPOSE_RESET_TOKEN: may be on for this machine only; set it to off.',
    ],
    [
      config.exposeResetToken && !config.rest,
      'BIENVENUE_EXPOSE_RESET_TOKEN: only the REST routes hand the token out; set BIENVENUE_REST to on, or this to off.',
    ],
    [
      config.cookie.sameSite === 'none' && !https,
      'BIENVENUE_COOKIE_SAME_SITE: none needs https; set PUBLIC_URL to an https address, or this to lax.',
    ],
    [
      config.cookie.sameSite === 'none' && config.allowedOrigins.length === 0,
      'BIENVENUE_COOKIE_SAME_SITE: none is for front ends on another site; list them in BIENVENUE_ALLOWED_ORIGINS.',
    ],
    [
      !settings.refused('BIENVENUE_SESSION_LIFETIME') && config.session.idle > config.session.lifetime,
      'BIENVENUE_SESSION_IDLE: longer than BIENVENUE_SESSION_LIFETIME; make it the same or shorter.',
    ],
    [
      https &&
        config.allowedOrigins.some(allowed => allowed.startsWith('http:') && !isLoopback(new URL(allowed).hostname)),
      'BIENVENUE_ALLOWED_ORIGINS: a plain http origin could be forged on the way; list https origins.',
    ],
  ];
  return faults.filter(([wrong]) => wrong).map(([, sentence]) => sentence);
}

const SERVERS = new Map([
  ['postgresql:', 'postgresql'],
  ['postgres:', 'postgresql'],
  ['mysql:', 'mysql'],
  ['mariadb:', 'mysql'],
] as const);

const database =
  (poolSize: number): Reader<DatabaseConfig> =>
  text => {
    const path = text.startsWith('sqlite:') ? text.slice('sqlite:'.length).trim() : '';
    if (path && path !== ':memory:' && !path.startsWith('//')) return { kind: 'sqlite', path };

    const url = URL.parse(text);
    const kind = (SERVERS as ReadonlyMap<string, ServerDatabase['kind']>).get(url?.protocol ?? '');
    if (url && kind && url.hostname && /^\/[^/]+$/.test(url.pathname)) return { kind, url: text, poolSize };
    return new Refusal(
      'say sqlite:PATH, postgresql://USER:PASSWORD@HOST/DATABASE or mysql://USER:PASSWORD@HOST/DATABASE.',
    );
  };

const MOST_WORKERS = 64;

const workers: Reader<number> = text => {
  if (text === 'auto') return Math.min(availableParallelism(), MOST_WORKERS);
  const count = integer(1, MOST_WORKERS)(text);
  if (!(count instanceof Refusal)) return count;
  return new Refusal(`give a whole number from 1 to ${MOST_WORKERS}, or auto for one a core.`);
};

const SHORTEST_SECRET = 32;

const peppers: Reader<Pepper[]> = text => {
  const list = text.split(',').map(entry => {
    const [, id = '', secret = ''] = /^\s*([A-Za-z0-9_-]{1,16}):(.*?)\s*$/.exec(entry) ?? [];
    return { id, secret };
  });
  // "none" is how a hash without a pepper is marked.
  const named =
    list.every(({ id }) => id !== '' && id !== 'none') && new Set(list.map(({ id }) => id)).size === list.length;
  if (!named) return new Refusal('list keys as k2:SECRET,k1:SECRET, newest first, each with an id of its own.');
  const long = list.every(({ secret }) => Buffer.byteLength(secret) >= SHORTEST_SECRET);
  return long
    ? list
    : new Refusal(`each secret needs ${SHORTEST_SECRET} bytes or more; make one with: openssl rand -base64 32`);
};
