import type { ServerDatabase } from '../options/connection-urls.ts';
import { UnsupportedDatabaseError } from './engine.ts';

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

/** The values of a URL's parameters, unchecked. */
export interface RawParameters {
  mode?: string;
  ssl?: string;
  ca?: string;
  cert?: string;
  key?: string;
  socket?: string;
  applicationName?: string;
  options?: string;
}

export const USE_SSLMODE = 'use sslmode=require, verify-ca or verify-full instead';
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

/** Reads the parameters of a URL. Throws UnsupportedDatabaseError for one that is unknown, repeated or empty. */
export function readParameters(query: URLSearchParams, kind: ServerDatabase['kind']): RawParameters {
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

/** Repeats the name only if it looks like one: it could be part of a password that was not escaped. */
export function refuse(name: string, advice: string): never {
  const shown = /^[a-zA-Z][\w-]{0,30}$/.test(name) ? name : 'a parameter';
  throw new UnsupportedDatabaseError(`${shown} in the URL: ${advice}.`);
}
