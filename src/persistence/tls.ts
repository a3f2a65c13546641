import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import * as v from 'valibot';
import { UnsupportedDatabaseError } from './engine.ts';

/** How to encrypt a connection. */
export interface TlsConfig extends Files {
  /** As libpq names them; `disable` is clear text, `require` encrypts without a check of the certificate. */
  readonly mode: TlsMode;
}

/** The parameters of a connection URL that concern TLS, unchecked. */
export interface TlsParameters extends Files {
  mode?: string;
  ssl?: string;
}

type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

/** Paths of PEM files. */
interface Files {
  ca?: string;
  cert?: string;
  key?: string;
}

export const USE_SSLMODE = 'use sslmode=require, verify-ca or verify-full instead';

/** Values of `sslmode`. `fallback` stands for those that continue in clear text where TLS fails. */
const MODES = new Map<string, TlsMode | 'fallback'>([
  ['disable', 'disable'],
  ['disabled', 'disable'],
  ['allow', 'fallback'],
  ['prefer', 'fallback'],
  ['preferred', 'fallback'],
  ['require', 'require'],
  ['required', 'require'],
  ['no-verify', 'require'],
  ['verify-ca', 'verify-ca'],
  ['verify-full', 'verify-full'],
  ['verify-identity', 'verify-full'],
]);

/** The JSON that mysql2 reads from `ssl`. */
const SslJson = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({ rejectUnauthorized: v.optional(v.boolean(), true), verifyIdentity: v.optional(v.boolean(), false) }),
);

/** TLS as the parameters of a URL describe it; undefined when they do not mention it. */
export function tlsConfig({ mode, ssl, ...files }: TlsParameters): TlsConfig | undefined {
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

/** Repeats the name only if it looks like one: it could be part of a password that was not escaped. */
export function refuse(name: string, advice: string): never {
  const shown = /^[a-zA-Z][\w-]{0,30}$/.test(name) ? name : 'a parameter';
  throw new UnsupportedDatabaseError(`${shown} in the URL: ${advice}.`);
}

function modeOf(value: string): TlsMode {
  const mode = MODES.get(value.toLowerCase().replaceAll('_', '-'));
  if (mode === 'fallback') refuse('sslmode', `falls back to clear text; ${USE_SSLMODE}`);
  return mode ?? refuse('sslmode', 'use disable, require, verify-ca or verify-full');
}

function modeOfSsl(value: string): TlsMode {
  if (value === 'true' || value === '1') return 'verify-full';
  if (value === 'false' || value === '0') return 'disable';
  const { success, output } = v.safeParse(SslJson, value);
  if (!success) return refuse('ssl', USE_SSLMODE);
  if (!output.rejectUnauthorized) return 'require';
  return output.verifyIdentity ? 'verify-full' : 'verify-ca';
}

/**
 * Options for `tls.connect`, with the files read; false for clear text, undefined for the default of the client
 * library.
 */
export function tlsOptions(target: { tls?: TlsConfig; host: string }): ConnectionOptions | false | undefined {
  const { tls, host } = target;
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
