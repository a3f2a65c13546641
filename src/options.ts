import * as v from 'valibot';
import { DAY, HOUR, MINUTE } from './core/clock.ts';
import { LOG_LEVELS } from './core/log-level.ts';
import { isLoopback, localOrigin } from './core/loopback.ts';
import { databaseUrl, redisUrl, smtpUrl } from './options/connection-urls.ts';
import { ConfigError, freeze, type InputOf, OptionsCheck, type OutputOf, option } from './options/define.ts';
import { misspeltNames, nameAdvice } from './options/misspelt-names.ts';
import { combinationIssues } from './options/rules.ts';
import * as is from './options/schemas.ts';

/**
 * Everything that can be set, in the order of the documentation. Types, checks, environment and README follow from it.
 */
export const OPTIONS = {
  host: option({
    env: 'HOST',
    schema: is.hostName,
    default: '127.0.0.1',
    shown: '127.0.0.1',
    description: 'address that the server listens on',
  }),
  port: option({
    env: 'PORT',
    schema: is.integer(0, 65535),
    default: 4000,
    shown: '4000',
    description: 'port that the server listens on; 0 takes a free one',
  }),
  publicUrl: option({
    env: 'PUBLIC_URL',
    schema: is.origin,
    default: ({ port }) => localOrigin(port),
    shown: 'http://localhost:PORT',
    description: 'origin under which browsers reach the service; https anywhere but on this machine',
  }),
  appUrl: option({
    env: 'APP_URL',
    schema: is.pageUrl,
    default: ({ publicUrl }) => publicUrl,
    shown: 'PUBLIC_URL',
    description: 'address of the pages that links in mails open',
  }),
  databaseUrl: option({
    env: 'DATABASE_URL',
    schema: databaseUrl,
    default: 'sqlite:data/bienvenue.sqlite',
    shown: '`sqlite:data/bienvenue.sqlite`',
    description: '`sqlite:PATH`, `postgresql://USER:PASSWORD@HOST/DATABASE`, `mysql://…` (also for MariaDB)',
  }),
  databasePool: option({
    env: 'BIENVENUE_DATABASE_POOL',
    schema: is.integer(2, 500),
    default: 10,
    shown: '10',
    description: 'maximum number of connections from each process to a database server',
  }),
  redisUrl: option({
    env: 'REDIS_URL',
    schema: v.optional(redisUrl),
    default: undefined,
    shown: 'none',
    description: 'counts attempts in Redis instead of the database, for many replicas; `redis://` or `rediss://`',
  }),
  smtpUrl: option({
    env: 'SMTP_URL',
    schema: v.optional(smtpUrl),
    default: undefined,
    shown: 'none',
    description: 'mail server; without one, mails stay in the dev mailbox, which works on this machine only',
  }),
  mailFrom: option({
    env: 'MAIL_FROM',
    schema: is.sender,
    default: 'Bienvenue <bienvenue@localhost>',
    shown: 'none',
    description: 'sender of mails, such as `Example <no-reply@example.org>`; required with SMTP_URL',
  }),
  mailTemplates: option({
    env: 'BIENVENUE_MAIL_TEMPLATES',
    schema: v.optional(is.path),
    default: undefined,
    shown: 'none',
    description: 'folder with texts and a layout that replace those of mails; see docs/mails.md',
  }),
  logLevel: option({
    env: 'LOG_LEVEL',
    schema: is.oneOf(LOG_LEVELS),
    default: 'info',
    shown: 'info',
    description: `${LOG_LEVELS.map(level => `\`${level}\``).join(', ')}; JSON lines, or readable ones on a terminal`,
  }),
  allowedOrigins: option({
    env: 'BIENVENUE_ALLOWED_ORIGINS',
    schema: is.origins,
    default: [],
    shown: 'none',
    description: 'exact origins of front ends elsewhere, separated by commas',
  }),
  trustedProxies: option({
    env: 'BIENVENUE_TRUSTED_PROXIES',
    schema: is.addressRanges,
    default: [],
    shown: 'none',
    description: 'addresses or ranges of proxies whose `X-Forwarded-For` is trusted',
  }),
  playground: option({
    env: 'BIENVENUE_PLAYGROUND',
    schema: is.onOff,
    default: ({ publicUrl }) => isLoopback(new URL(publicUrl).hostname),
    shown: 'on when PUBLIC_URL is this machine',
    description: 'playground and introspection, together',
  }),
  pages: option({
    env: 'BIENVENUE_PAGES',
    schema: is.onOff,
    default: true,
    shown: 'on',
    description:
      'the account pages: sign in, registration, profile, administration and the pages behind links in mails',
  }),
  brandName: option({
    env: 'BIENVENUE_BRAND_NAME',
    schema: v.optional(is.brandName),
    default: undefined,
    shown: 'Bienvenue',
    description: 'name of the service on its pages, and in the last line of mails',
  }),
  brandLogo: option({
    env: 'BIENVENUE_BRAND_LOGO',
    schema: v.optional(is.logo),
    default: undefined,
    shown: 'none',
    description: 'logo on the pages: the path of an SVG, PNG, JPEG, WebP or GIF file, or an https address',
  }),
  brandColor: option({
    env: 'BIENVENUE_BRAND_COLOR',
    schema: is.color,
    default: '#3350c4',
    shown: '`#3350c4`',
    description: 'colour of buttons and links on pages and in mails',
  }),
  passwordMinLength: option({
    env: 'BIENVENUE_PASSWORD_MIN_LENGTH',
    schema: is.integer(1, 128),
    default: 8,
    shown: '8',
    description:
      'in characters (Unicode code points); NIST SP 800-63B-4 asks for 15 where passwords are the only factor',
  }),
  bcryptCost: option({
    env: 'BIENVENUE_BCRYPT_COST',
    schema: is.integer(10, 20),
    default: 12,
    shown: '12',
    description: '10 or more; hashes of another cost are renewed at login',
  }),
  passwordPepper: option({
    env: 'BIENVENUE_PASSWORD_PEPPER',
    schema: is.peppers,
    default: [],
    shown: 'none',
    description: '`k2:SECRET,k1:SECRET`, newest first, each secret 32 bytes or more',
  }),
  sessionLifetime: option({
    env: 'BIENVENUE_SESSION_LIFETIME',
    schema: is.duration(MINUTE, 400 * DAY),
    default: 30 * DAY,
    shown: '30d',
    description: 'when a session ends at the latest; written as `30m`, `12h`, `7d`',
  }),
  sessionIdle: option({
    env: 'BIENVENUE_SESSION_IDLE',
    schema: is.duration(MINUTE, 400 * DAY),
    default: ({ sessionLifetime }) => Math.min(7 * DAY, sessionLifetime),
    shown: '7d, at most the lifetime',
    description: 'how long a session lives without being used',
  }),
  resetTokenLifetime: option({
    env: 'BIENVENUE_RESET_TOKEN_LIFETIME',
    schema: is.duration(MINUTE, HOUR),
    default: 30 * MINUTE,
    shown: '30m',
    description: 'how long a reset link works; at most 60m',
  }),
  emailVerification: option({
    env: 'BIENVENUE_EMAIL_VERIFICATION',
    schema: is.oneOf(['optional', 'required']),
    default: 'optional',
    shown: 'optional',
    description: '`required`: no sign-in before the address is verified',
  }),
  roles: option({
    env: 'BIENVENUE_ROLES',
    schema: is.roles,
    default: [],
    shown: 'none',
    description: 'roles that users can have beside `ADMIN`, separated by commas, such as `SUPPORT,BILLING`',
  }),
  eventsKeep: option({
    env: 'BIENVENUE_EVENTS_KEEP',
    schema: is.duration(DAY, 3650 * DAY),
    default: 90 * DAY,
    shown: '90d',
    description: 'how long account events are kept',
  }),
  cookieName: option({
    env: 'BIENVENUE_COOKIE_NAME',
    schema: is.cookieName,
    default: 'session_id',
    shown: '`session_id`',
    description: 'name of the session cookie; `__Host-` is put before it where PUBLIC_URL is https',
  }),
  cookieSameSite: option({
    env: 'BIENVENUE_COOKIE_SAME_SITE',
    schema: is.oneOf(['lax', 'none']),
    default: 'lax',
    shown: 'lax',
    description: '`none` for front ends on another site, with https and listed origins',
  }),
  rateLimits: option({
    env: 'BIENVENUE_RATE_LIMITS',
    schema: is.onOff,
    default: true,
    shown: 'on',
    description: '`off` for measurements, on this machine only',
  }),
  rest: option({
    env: 'BIENVENUE_REST',
    schema: is.onOff,
    default: true,
    shown: 'on',
    description: 'the REST routes',
  }),
  exposeResetToken: option({
    env: 'BIENVENUE_EXPOSE_RESET_TOKEN',
    schema: is.onOff,
    default: false,
    shown: 'off',
    description:
      'returns reset tokens over REST to any client, as the exercise in docs/rest.md requires; on this machine only',
  }),
  migrate: option({
    env: 'BIENVENUE_MIGRATE',
    schema: is.oneOf(['auto', 'manual']),
    default: 'auto',
    shown: 'auto',
    description: '`manual`: the start is refused while migrations are pending',
  }),
  workers: option({
    env: 'BIENVENUE_WORKERS',
    schema: is.workerCount,
    default: 1,
    shown: '1',
    description: 'processes on this machine, 1 to 64; `auto` for one per core; a host program starts its own',
  }),
};

/**
 * What `createAuth` accepts: all options are optional. Switches are booleans, durations are milliseconds or strings such
 * as `'30m'`, lists are arrays. The notation of the environment variables is accepted as well.
 */
export interface AuthOptions extends InputOf<typeof OPTIONS> {}

/** Every option, checked and frozen. Durations are in milliseconds. */
export interface Options extends OutputOf<typeof OPTIONS> {}

/**
 * Checks the options of a host program and adds the defaults. Options that are checked already pass unchanged.
 * `ownMailer`: the host program sends the mails, so `smtpUrl` is not required.
 * @throws ConfigError with every issue
 */
export function resolveOptions(input: AuthOptions, { ownMailer = false } = {}): Options {
  const check = new OptionsCheck(OPTIONS, input, key => key);
  const keys = Object.keys(input);
  const misspelt = misspeltNames(keys, Object.keys(OPTIONS));
  const unknown = keys
    .filter(key => !Object.hasOwn(OPTIONS, key))
    .map(key => `${key}: there is no such option; ${nameAdvice(misspelt.get(key))}`);
  return finish(check, { ownMailer, unknown });
}

/** The checked options. Throws ConfigError when an option, or a combination of options, is wrong. */
export function finish(
  check: OptionsCheck<typeof OPTIONS>,
  { ownMailer = false, unknown = [] }: { ownMailer?: boolean; unknown?: string[] },
): Options {
  const options = check.values();
  const issues = [...check.issues, ...unknown, ...combinationIssues(options, check, ownMailer)];
  if (issues.length > 0) throw new ConfigError(issues);
  return freeze(options);
}

/** The options with the port that the server actually listens on. Addresses derived from the port change with it. */
export function withPort(options: Options, port: number): Options {
  const withNewPort = (url: string) => (url === localOrigin(options.port) ? localOrigin(port) : url);
  return freeze({ ...options, port, publicUrl: withNewPort(options.publicUrl), appUrl: withNewPort(options.appUrl) });
}

/** The address on which the server listens, as a URL. */
export const addressOf = ({ host, port }: Pick<Options, 'host' | 'port'>) =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
