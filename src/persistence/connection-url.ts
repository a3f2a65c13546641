import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { ServerDatabase } from '../options/connection-urls.ts';
import { UnsupportedDatabaseError } from './engine.ts';

/** Where a database server is, and how to connect to it. */
export interface ConnectionTarget {
  readonly kind: ServerDatabase['kind'];
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  /** Absent when the URL does not say. */
  readonly tls?: TlsConfig;
  /** Path of a Unix socket (MySQL), or the folder of one (PostgreSQL), which replaces host and port. */
  readonly socket?: string;
  /** PostgreSQL only: the name in `pg_stat_activity`, and command-line options for the session. */
  readonly applicationName?: string;
  readonly options?: string;
}

/** As libpq names them; `disable` is clear text, `require` encrypts without a check of the certificate. */
export type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export interface TlsConfig {
  readonly mode: TlsMode;
  /** Paths of PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const SCHEMES = new Map<string, ServerDatabase['kind']>([
  ['postgresql:', 'postgresql'],
  ['postgres:', 'postgresql'],
  ['mysql:', 'mysql'],
  ['mariadb:', 'mysql'],
]);

/** Accepted parameters. Case, hyphens and underscores of a name do not matter: `ssl-mode` is `sslmode`. */
const PARAMETERS = new Map<string, keyof RawParameters>([
  ['sslmode', 'mode'],
  ['ssl', 'ssl'],
  ['sslrootcert', 'ca'],
  ['sslca', 'ca'],
  ['sslcert', 'cert'],
  ['sslkey', 'key'],
]);
const POSTGRESQL_PARAMETERS = new Map<string, keyof RawParameters>([
  ...PARAMETERS,
  ['host', 'socket'],
  ['applicationname', 'applicationName'],
  ['options', 'options'],
]);
const MYSQL_PARAMETERS = new Map<string, keyof RawParameters>([...PARAMETERS, ['socketpath', 'socket']]);

interface RawParameters {
  mode?: string;
  ssl?: string;
  ca?: string;
  cert?: string;
  key?: string;
  socket?: string;
  applicationName?: string;
  options?: string;
}

const USE_SSLMODE = 'use sslmode=require, verify-ca or verify-full instead';
const SET_BY_SERVICE = 'remove it; the service sets it itself';
const POOL = 'remove it, and set BIENVENUE_DATABASE_POOL';

/** What to do instead of parameters that other libraries know. */
const ADVICE = new Map<string, string>([
  ['sslaccept', USE_SSLMODE],
  ['usessl', USE_SSLMODE],
  ['requiressl', USE_SSLMODE],
  ['verifyservercertificate', USE_SSLMODE],
  ['sslverify', USE_SSLMODE],
  ['tls', USE_SSLMODE],
  ['sslidentity', 'use sslcert and sslkey with PEM files instead'],
  ['uselibpqcompat', 'remove it; sslmode means what it means to libpq'],
  ['channelbinding', 'remove it, and use sslmode=verify-full'],
  ['schema', 'remove it, and give the service a database of its own'],
  ['searchpath', 'remove it, and give the service a database of its own'],
  ['connectionlimit', POOL],
  ['poolsize', POOL],
  ['max', POOL],
  ['pooltimeout', SET_BY_SERVICE],
  ['connecttimeout', SET_BY_SERVICE],
  ['sockettimeout', SET_BY_SERVICE],
  ['statementtimeout', SET_BY_SERVICE],
  ['charset', SET_BY_SERVICE],
  ['collation', SET_BY_SERVICE],
  ['timezone', SET_BY_SERVICE],
  ['pgbouncer', 'remove it, and connect to PostgreSQL directly or to a pool in session mode'],
]);

const MODES = new Map<string, TlsMode>([
  ['disable', 'disable'],
  ['disabled', 'disable'],
  ['require', 'require'],
  ['required', 'require'],
  ['no-verify', 'require'],
  ['verify-ca', 'verify-ca'],
  ['verify-full', 'verify-full'],
  ['verify-identity', 'verify-full'],
]);
/** Modes that continue in clear text where TLS fails. */
const OPPORTUNISTIC = ['allow', 'prefer', 'preferred'];

/** Why a connection URL cannot be used, without its values; undefined when it can. Reads no file. */
export function connectionUrlIssue(url: string): string | undefined {
  try {
    parseConnectionUrl(url);
    return undefined;
  } catch (error) {
    if (error instanceof UnsupportedDatabaseError) return error.issue;
    throw error;
  }
}

/**
 * Reads a `postgresql:` or `mysql:` URL. The client libraries skip parameters that they do not know, such as MySQL's own
 * `ssl-mode`, and connect in clear text; here every parameter is understood or refused.
 * @throws UnsupportedDatabaseError
 */
export function parseConnectionUrl(text: string): ConnectionTarget {
  const url = URL.parse(text);
  const kind = SCHEMES.get(url?.protocol ?? '');
  if (!url || !kind || !url.hostname || !/^\/[^/]+$/.test(url.pathname)) {
    throw new UnsupportedDatabaseError(
      'use sqlite:PATH, postgresql://USER:PASSWORD@HOST/DATABASE or mysql://USER:PASSWORD@HOST/DATABASE.',
    );
  }
  if (url.hash) throw new UnsupportedDatabaseError('a # has to be written as %23.');
  const { socket, applicationName, options, ...tlsParameters } = readParameters(url.searchParams, kind);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const tls = tlsConfig(tlsParameters);
  // mysql2 would compare the certificate with "localhost".
  if (kind === 'mysql' && tls?.mode === 'verify-full' && isIP(host))
    refuse('sslmode', 'verify-full needs a host name, not an IP address');
  return {
    kind,
    host,
    port: url.port ? Number(url.port) : undefined,
    user: decode(url.username) || undefined,
    password: decode(url.password) || undefined,
    database: decode(url.pathname.slice(1)),
    tls,
    socket,
    applicationName,
    options,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UnsupportedDatabaseError('a % in user, password or database has to be written as %25.');
  }
}

function readParameters(query: URLSearchParams, kind: ServerDatabase['kind']): RawParameters {
  const known = kind === 'mysql' ? MYSQL_PARAMETERS : POSTGRESQL_PARAMETERS;
  const parameters: RawParameters = {};
  for (const [name, value] of query) {
    const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
    const meaning = known.get(plain);
    if (!meaning) refuse(name, ADVICE.get(plain) ?? 'this parameter is not supported; remove it');
    if (parameters[meaning] !== undefined) refuse(name, 'given twice; keep one');
    if (value === '') refuse(name, 'has no value; set or remove it');
    if (plain === 'host' && !value.startsWith('/')) refuse(name, 'write the host before the database name');
    parameters[meaning] = value;
  }
  return parameters;
}

function tlsConfig({ mode, ssl, ...files }: RawParameters): TlsConfig | undefined {
  if (mode !== undefined && ssl !== undefined) refuse('ssl', 'remove it; sslmode is given too');
  const hasFiles = Object.values(files).some(path => path !== undefined);
  const named = mode !== undefined ? modeOf(mode) : ssl !== undefined ? modeOfSsl(ssl) : undefined;
  if (named === undefined && !hasFiles) return undefined;
  if (named === 'disable' && hasFiles) refuse('sslmode', 'disable contradicts the certificate files; remove one');
  if ((files.cert === undefined) !== (files.key === undefined)) refuse('sslcert', 'sslcert and sslkey go together');
  // As libpq: with a root certificate, `require` checks the chain.
  const checked = named === 'require' && files.ca !== undefined ? 'verify-ca' : named;
  return { ...files, mode: checked ?? 'verify-full' };
}

function modeOf(value: string): TlsMode {
  const plain = value.toLowerCase().replaceAll('_', '-');
  if (OPPORTUNISTIC.includes(plain)) refuse('sslmode', `falls back to clear text; ${USE_SSLMODE}`);
  return MODES.get(plain) ?? refuse('sslmode', 'use disable, require, verify-ca or verify-full');
}

/** `ssl=true`, or the JSON of mysql2: `{"rejectUnauthorized":true}`. */
function modeOfSsl(value: string): TlsMode {
  if (value === 'true' || value === '1') return 'verify-full';
  if (value === 'false' || value === '0') return 'disable';
  const { verifyIdentity = false, rejectUnauthorized = true, ...rest } = objectOf(value);
  const known = typeof verifyIdentity === 'boolean' && typeof rejectUnauthorized === 'boolean';
  if (!known || Object.keys(rest).length > 0) refuse('ssl', USE_SSLMODE);
  if (!rejectUnauthorized) return 'require';
  return verifyIdentity ? 'verify-full' : 'verify-ca';
}

function objectOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  return refuse('ssl', USE_SSLMODE);
}

/** A name can hold part of a password that was not escaped: what does not look like a name is not repeated. */
function refuse(name: string, advice: string): never {
  const shown = /^[a-zA-Z][\w-]{0,30}$/.test(name) ? name : 'a parameter';
  throw new UnsupportedDatabaseError(`${shown} in the URL: ${advice}.`);
}

/** Options for `tls.connect`, with the files read; false for clear text, undefined when the URL does not say. */
export function tlsOptions({ tls, host }: ConnectionTarget): ConnectionOptions | false | undefined {
  if (!tls) return undefined;
  if (tls.mode === 'disable') return false;
  return {
    ca: read(tls.ca),
    cert: read(tls.cert),
    key: read(tls.key),
    rejectUnauthorized: tls.mode !== 'require',
    // Node compares with "localhost" when a client library connects to an IP address.
    checkServerIdentity: (_, certificate) =>
      tls.mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
  };
}

function read(path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UnsupportedDatabaseError(
      `the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}); check its path and permissions.`,
    );
  }
}
