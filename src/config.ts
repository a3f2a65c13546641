import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { DAY, HOUR, MINUTE } from './ports/clock.ts';
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

/** Everything that can be set, checked and frozen. Durations are in milliseconds. */
export interface Config {
  /** Where the server listens. Port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** The origin under which browsers reach the service; links, cookie and origin check come from it. */
  readonly publicUrl: string;
  /** Where the pages live that links in mails open. No slash at the end. */
  readonly appUrl: string;
  readonly database: DatabaseConfig;
  /** Where replicas share the counters of limits; in the database when absent. */
  readonly redisUrl?: string;
  readonly mail: MailConfig;
  readonly logLevel: LogLevel;
  /** Exact origins, beside publicUrl, whose pages may act. */
  readonly allowedOrigins: readonly string[];
  /** CIDR ranges of proxies whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[];
  /** Playground and introspection, together. */
  readonly playground: boolean;
  readonly password: PasswordConfig;
  readonly session: { readonly idle: number; readonly lifetime: number };
  readonly resetToken: { readonly lifetime: number };
  readonly cookie: { readonly sameSite: 'lax' | 'none' };
  readonly rateLimits: boolean;
  readonly rest: boolean;
  /** Hands reset tokens to whoever asks over REST, as the exercise did. Loopback only. */
  readonly exposeResetToken: boolean;
  readonly migrate: 'auto' | 'manual';
  /**
   * Processes on this machine that share its cores, and the bounds that are meant for the machine. The stand-alone server
   * starts them; a program that embeds the service starts its own.
   */
  readonly workers: number;
}

export type DatabaseConfig = SqliteDatabase | ServerDatabase;

export interface SqliteDatabase {
  readonly kind: 'sqlite';
  readonly path: string;
}

/** A database server. MariaDB is a MySQL here. */
export interface ServerDatabase {
  readonly kind: 'postgresql' | 'mysql';
  readonly url: string;
  /** Connections that one process has open at most. */
  readonly poolSize: number;
}

/** An SMTP server, or the dev mailbox where `smtpUrl` is absent. */
export interface MailConfig {
  readonly smtpUrl?: string;
  readonly from: string;
}

export interface PasswordConfig {
  /** In Unicode code points. */
  readonly minLength: number;
  readonly bcryptCost: number;
  /** Newest first: the first hashes, all verify. */
  readonly peppers: readonly Pepper[];
}

export interface Pepper {
  readonly id: string;
  readonly secret: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Why the settings were refused: one line a fault, each naming the setting and what to do. Never holds a value. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
  }
}

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

/** The same settings for a server that took a free port: what was derived from the port follows it. */
export function withPort(config: Config, port: number): Config {
  const moved = (url: string) => (url === localhost(config.port) ? localhost(port) : url);
  return freeze({ ...config, port, publicUrl: moved(config.publicUrl), appUrl: moved(config.appUrl) });
}

/** Where it listens, as an address to open. */
export const addressOf = ({ host, port }: Config) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** As browsers write it: without the port where it is the usual one. */
const localhost = (port: number) => new URL(`http://localhost:${port}`).origin;

/** Whether only this very machine can be meant. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '::1' || isLoopbackV4(host)
  );
}

const isLoopbackV4 = (host: string) => isIP(host) === 4 && host.startsWith('127.');

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

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part && typeof part === 'object') freeze(part);
  return Object.freeze(value);
}
