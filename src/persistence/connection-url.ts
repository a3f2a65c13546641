import { isIP } from 'node:net';
import type { ServerDatabase } from '../options/connection-urls.ts';
import { UnsupportedDatabaseError } from './engine.ts';
import { refuse, type TlsConfig, type TlsParameters, tlsConfig, USE_SSLMODE } from './tls.ts';

/** Where a database server is, and how to connect to it. */
export interface ConnectionTarget extends Omit<RawParameters, keyof TlsParameters> {
  readonly kind: ServerDatabase['kind'];
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  /** Absent when no parameter of the URL concerns TLS. */
  readonly tls?: TlsConfig;
}

/** The values of a URL's parameters. */
interface RawParameters extends TlsParameters {
  /** Path of a Unix socket (MySQL), or the folder of one (PostgreSQL), which replaces host and port. */
  socket?: string;
  /** PostgreSQL only: the name in `pg_stat_activity`, and command-line options for the session. */
  applicationName?: string;
  options?: string;
}

const SCHEMES: Record<string, ServerDatabase['kind']> = {
  'postgresql:': 'postgresql',
  'postgres:': 'postgresql',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};

/** Accepted parameters. Case, hyphens and underscores of a name do not matter: `ssl-mode` is `sslmode`. */
const TLS: [name: string, key: keyof RawParameters][] = [
  ['sslmode', 'mode'],
  ['ssl', 'ssl'],
  ['sslrootcert', 'ca'],
  ['sslca', 'ca'],
  ['sslcert', 'cert'],
  ['sslkey', 'key'],
];
const PARAMETERS = {
  postgresql: new Map([...TLS, ['host', 'socket'], ['applicationname', 'applicationName'], ['options', 'options']]),
  mysql: new Map([...TLS, ['socketpath', 'socket']]),
} satisfies Record<ServerDatabase['kind'], Map<string, keyof RawParameters>>;

/** What to do instead of a parameter that other libraries know. */
const ADVICE: [name: RegExp, advice: string][] = [
  [/^sslidentity$/, 'use sslcert and sslkey with PEM files instead'],
  [/ssl|^tls$|^verifyservercertificate$/, USE_SSLMODE],
  [/^uselibpqcompat$/, 'remove it; sslmode means what it means to libpq'],
  [/^channelbinding$/, 'remove it, and use sslmode=verify-full'],
  [/^(schema|searchpath)$/, 'remove it, and give the service a database of its own'],
  [/^(connectionlimit|poolsize|max)$/, 'remove it, and set BIENVENUE_DATABASE_POOL'],
  [/timeout$|^(charset|collation|timezone)$/, 'remove it; the service sets it itself'],
  [/^pgbouncer$/, 'remove it, and connect to PostgreSQL directly or to a pool in session mode'],
];

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
  const kind = SCHEMES[url?.protocol ?? ''];
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

/** Throws for a parameter that is unknown, repeated or empty. */
function readParameters(query: URLSearchParams, kind: ServerDatabase['kind']): RawParameters {
  const parameters: RawParameters = {};
  for (const [name, value] of query) {
    const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
    const key = PARAMETERS[kind].get(plain);
    if (!key)
      refuse(name, ADVICE.find(([names]) => names.test(plain))?.[1] ?? 'this parameter is not supported; remove it');
    if (parameters[key] !== undefined) refuse(name, 'given twice; keep one');
    if (value === '') refuse(name, 'has no value; set or remove it');
    if (plain === 'host' && !value.startsWith('/')) refuse(name, 'write the host before the database name');
    parameters[key] = value;
  }
  return parameters;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UnsupportedDatabaseError('a % in user, password or database has to be written as %25.');
  }
}
