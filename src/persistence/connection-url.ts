import { isIP } from 'node:net';
import type { ServerDatabase } from '../options/connection-urls.ts';
import { UnsupportedDatabaseError } from './engine.ts';
import { type TlsConfig, tlsConfig } from './tls.ts';
import { readParameters, refuse } from './url-parameters.ts';

/** Where a database server is, and how to connect to it. */
export interface ConnectionTarget {
  readonly kind: ServerDatabase['kind'];
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  /** Absent when no parameter of the URL concerns TLS. */
  readonly tls?: TlsConfig;
  /** Path of a Unix socket (MySQL), or the folder of one (PostgreSQL), which replaces host and port. */
  readonly socket?: string;
  /** PostgreSQL only: the name in `pg_stat_activity`, and command-line options for the session. */
  readonly applicationName?: string;
  readonly options?: string;
}

const SCHEMES = new Map<string, ServerDatabase['kind']>([
  ['postgresql:', 'postgresql'],
  ['postgres:', 'postgresql'],
  ['mysql:', 'mysql'],
  ['mariadb:', 'mysql'],
]);

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
