import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { parseEmail } from './auth/email-address.ts';
import { DAY, HOUR, MINUTE, SECOND } from './ports/clock.ts';

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
}

export interface DatabaseConfig {
  readonly kind: 'sqlite';
  readonly path: string;
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

export type Environment = Record<string, string | undefined>;

/** Reads and checks the settings. Throws ConfigError with every fault there is. */
export function readConfig(environment: Environment): Config {
  const settings = new Settings(environment);
  const port = settings.get('PORT', integer(0, 65535), 4000);
  const host = settings.get('HOST', hostName, '127.0.0.1');
  const publicUrl = settings.get('PUBLIC_URL', origin, `http://localhost:${port}`);
  const smtpUrl = settings.get('SMTP_URL', smtp, undefined);

  const config: Config = {
    host,
    port,
    publicUrl,
    appUrl: settings.get('APP_URL', pageUrl, publicUrl),
    database: settings.get('DATABASE_URL', database, { kind: 'sqlite', path: 'data/bienvenue.sqlite' }),
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
      idle: settings.get('BIENVENUE_SESSION_IDLE', duration(MINUTE, 400 * DAY), 7 * DAY),
      lifetime: settings.get('BIENVENUE_SESSION_LIFETIME', duration(MINUTE, 400 * DAY), 30 * DAY),
    },
    resetToken: { lifetime: settings.get('BIENVENUE_RESET_TOKEN_LIFETIME', duration(MINUTE, HOUR), 30 * MINUTE) },
    cookie: { sameSite: settings.get('BIENVENUE_COOKIE_SAME_SITE', oneOf(['lax', 'none']), 'lax') },
    rateLimits: settings.get('BIENVENUE_RATE_LIMITS', onOff, true),
    rest: settings.get('BIENVENUE_REST', onOff, true),
    exposeResetToken: settings.get('BIENVENUE_EXPOSE_RESET_TOKEN', onOff, false),
    migrate: settings.get('BIENVENUE_MIGRATE', oneOf(['auto', 'manual']), 'auto'),
  };

  // Known to the contract, not to this version: only what they would default to is accepted.
  settings.get('BIENVENUE_EMAIL_VERIFICATION', onlyYet('optional'), undefined);
  settings.get('BIENVENUE_WORKERS', onlyYet('1'), undefined);
  settings.get('BIENVENUE_METRICS_PORT', notYet, undefined);
  settings.get('REDIS_URL', notYet, undefined);

  settings.refuseUnknown();
  settings.faults.push(...unsafe(config, settings));
  if (settings.faults.length > 0) throw new ConfigError(settings.faults);
  return freeze(config);
}

/** The same settings for a server that took a free port: what was derived from the port follows it. */
export function withPort(config: Config, port: number): Config {
  const moved = (url: string) => (url === `http://localhost:${config.port}` ? `http://localhost:${port}` : url);
  return freeze({ ...config, port, publicUrl: moved(config.publicUrl), appUrl: moved(config.appUrl) });
}

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
      !config.appUrl.startsWith('https:') && !isLoopback(new URL(config.appUrl).hostname),
      'APP_URL: plain http is accepted for this machine only; give an https address.',
    ],
    [
      !config.mail.smtpUrl && !local,
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
      config.session.idle > config.session.lifetime,
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

/** Reads one setting: the value, or a sentence that says what would be one. */
type Reader<T> = (text: string) => T | Refusal;

class Refusal {
  constructor(readonly sentence: string) {}
}

class Settings {
  readonly faults: string[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly environment: Environment) {}

  get<T>(name: string, read: Reader<T>, fallback: T): T {
    this.known.add(name).add(`${name}_FILE`);
    const text = this.textOf(name);
    if (text === undefined) return fallback;

    const value = read(text);
    if (!(value instanceof Refusal)) return value;
    this.faults.push(`${name}: ${value.sentence}`);
    return fallback;
  }

  has(name: string): boolean {
    return Boolean(this.environment[name] || this.environment[`${name}_FILE`]);
  }

  refuseUnknown(): void {
    const unknown = Object.keys(this.environment).filter(
      name => name.startsWith('BIENVENUE_') && !this.known.has(name) && this.environment[name] !== undefined,
    );
    for (const name of unknown) this.faults.push(`${name}: there is no such setting; correct the name or remove it.`);
  }

  /** An empty setting counts as absent, as a compose file writes it; a file's last line break is not part of a secret. */
  private textOf(name: string): string | undefined {
    const file = this.environment[`${name}_FILE`];
    if (!file) return this.environment[name] || undefined;
    if (this.environment[name]) this.faults.push(`${name}: given twice; set either it or ${name}_FILE.`);
    try {
      return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
    } catch {
      this.faults.push(`${name}_FILE: the file cannot be read; check the path and who may read it.`);
      return undefined;
    }
  }
}

const onOff: Reader<boolean> = text => (text === 'on' ? true : text === 'off' ? false : new Refusal('say on or off.'));

const oneOf =
  <T extends string>(values: readonly T[]): Reader<T> =>
  text =>
    values.find(value => value === text) ?? new Refusal(`say one of ${values.join(', ')}.`);

const integer =
  (least: number, most: number): Reader<number> =>
  text => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : new Refusal(`give a whole number from ${least} to ${most}.`);
  };

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

const duration =
  (least: number, most: number): Reader<number> =>
  text => {
    const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
    const value = count && unit ? Number(count) * (UNITS[unit] as number) : Number.NaN;
    if (value >= least && value <= most) return value;
    return new Refusal(`give a duration as 30m, 12h or 7d, from ${inWords(least)} to ${inWords(most)}.`);
  };

const inWords = (length: number) =>
  length % DAY === 0 ? `${length / DAY}d` : length % HOUR === 0 ? `${length / HOUR}h` : `${length / MINUTE}m`;

const listOf =
  <T>(read: Reader<T>): Reader<T[]> =>
  text => {
    const values = text.split(',').map(entry => read(entry.trim()));
    return values.find(value => value instanceof Refusal) ?? (values as T[]);
  };

const hostName: Reader<string> = text =>
  isIP(text) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)
    ? text
    : new Refusal('give an address or a host name of this machine, as 127.0.0.1 or 0.0.0.0.');

/** An origin as browsers send it: nothing after the host and port, or it would never match. */
const origin: Reader<string> = text => {
  const url = webUrl(text);
  const bare = url && (text === url.origin || text === `${url.origin}/`);
  return bare ? url.origin : new Refusal('give exact origins, as https://app.example.org, without a path.');
};

const pageUrl: Reader<string> = text => {
  const url = webUrl(text);
  const plain = url && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return plain ? url.href.replace(/\/+$/, '') : new Refusal('give an address as https://app.example.org/account.');
};

const webUrl = (text: string) => {
  const url = URL.parse(text);
  return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
};

const cidr: Reader<string> = text => {
  const [address = '', prefix = isIP(address) === 6 ? '128' : '32', ...rest] = text.split('/');
  const family = isIP(address);
  const widest = family === 6 ? 128 : 32;
  const fits = family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= widest;
  return fits ? `${address}/${prefix}` : new Refusal('list addresses or ranges, as 10.0.0.0/8, 2001:db8::/32.');
};

/** The ranges as a list to look addresses up in. */
export function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

const database: Reader<DatabaseConfig> = text => {
  const path = text.startsWith('sqlite:') ? text.slice('sqlite:'.length) : '';
  if (path && path !== ':memory:') return { kind: 'sqlite', path };
  return new Refusal('this version stores its data in SQLite; say sqlite:PATH, as sqlite:data/bienvenue.sqlite.');
};

const smtp: Reader<string | undefined> = text =>
  ['smtp:', 'smtps:'].includes(URL.parse(text)?.protocol ?? '') && URL.parse(text)?.hostname
    ? text
    : new Refusal('give a mail server as smtps://user:password@mail.example.org or smtp://localhost:25.');

const sender: Reader<string> = text => {
  const address = /^[^<>\r\n]*<([^<>]+)>$/.exec(text)?.[1] ?? text;
  return parseEmail(address)
    ? text
    : new Refusal('give one address, as no-reply@example.org or Example <no-reply@example.org>.');
};

const SHORTEST_SECRET = 32;

const peppers: Reader<Pepper[]> = text => {
  const list = text.split(',').map(entry => {
    const [, id = '', secret = ''] = /^\s*([A-Za-z0-9_-]{1,16}):(.*?)\s*$/.exec(entry) ?? [];
    return { id, secret };
  });
  const named = list.every(({ id }) => id !== '') && new Set(list.map(({ id }) => id)).size === list.length;
  if (!named) return new Refusal('list keys as k2:SECRET,k1:SECRET, newest first, each with an id of its own.');
  const long = list.every(({ secret }) => Buffer.byteLength(secret) >= SHORTEST_SECRET);
  return long
    ? list
    : new Refusal(`each secret needs ${SHORTEST_SECRET} bytes or more; make one with: openssl rand -base64 32`);
};

const onlyYet =
  (value: string): Reader<undefined> =>
  text =>
    text === value ? undefined : new Refusal(`this version knows ${value} only; remove the setting.`);

const notYet: Reader<undefined> = () =>
  new Refusal('this version does not have what it would set; remove the setting.');

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part && typeof part === 'object') freeze(part);
  return Object.freeze(value);
}
