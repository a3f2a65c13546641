import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { UnsupportedDatabaseError } from './engine.ts';
import { type RawParameters, refuse, USE_SSLMODE } from './url-parameters.ts';

/** As libpq names them; `disable` is clear text, `require` encrypts without a check of the certificate. */
type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

/** How to encrypt a connection. */
export interface TlsConfig {
  readonly mode: TlsMode;
  /** Paths of PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

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

/** TLS as the parameters of a URL describe it; undefined when they do not mention it. */
export function tlsConfig({ mode, ssl, ...files }: RawParameters): TlsConfig | undefined {
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

/**
 * Options for `tls.connect`, with the files read; false for clear text, undefined for the default of the client
 * library.
 */
export function tlsOptions({
  tls,
  host,
}: {
  readonly tls?: TlsConfig;
  readonly host: string;
}): ConnectionOptions | false | undefined {
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
