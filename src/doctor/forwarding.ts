import { createLog } from '../core/log.ts';
import type { Options } from '../options.ts';
import { ClientInfoReader } from '../request/client-info.ts';
import { type Finding, ok, warning } from './finding.ts';
import type { ReceivedProbe } from './probe-server.ts';

/**
 * Whether the service recognizes the address of a visitor. `received` is known only while the service does not run;
 * without it, the settings alone are checked.
 */
export function checkForwarding(options: Options, received: ReceivedProbe | undefined): Finding[] {
  return received ? checkHeaders(options, received) : checkSettings(options);
}

/** The service speaks http, so https means that a proxy is in front. */
function checkSettings({ publicUrl, trustedProxies }: Options): Finding[] {
  if (!publicUrl.startsWith('https:')) return [];
  if (trustedProxies.length === 0)
    return [
      warning(
        'proxy',
        "BIENVENUE_TRUSTED_PROXIES is not set, though https needs a proxy: rate limits count every visitor under the proxy's address, so the attempts of one can lock out all.",
        'Set it to the address of the proxy.',
      ),
    ];
  return [
    ok(
      'proxy',
      'BIENVENUE_TRUSTED_PROXIES is set. Run the doctor while the service is stopped to see whether the proxy is in it.',
    ),
  ];
}

function checkHeaders({ publicUrl, trustedProxies }: Options, { peer = '', headers }: ReceivedProbe): Finding[] {
  const forwarded = headers['x-forwarded-for'];
  const trusted = isTrusted(trustedProxies, peer);
  if (forwarded !== undefined && !trusted)
    return [
      warning(
        'proxy',
        `The proxy ${peer} adds X-Forwarded-For and is not trusted: rate limits count every visitor under its address, so the attempts of one can lock out all.`,
        `Add ${peer} to BIENVENUE_TRUSTED_PROXIES.`,
      ),
    ];
  if (forwarded !== undefined) return [ok('proxy', `The proxy ${peer} is trusted, and adds X-Forwarded-For.`)];
  if (!publicUrl.startsWith('https:') && !trusted) return [];
  return [
    warning(
      'proxy',
      headers.forwarded === undefined
        ? `The proxy ${peer} adds no X-Forwarded-For: rate limits count every visitor under its address.`
        : `The proxy ${peer} adds Forwarded, which the service does not read.`,
      'Let it add X-Forwarded-For, and its address to BIENVENUE_TRUSTED_PROXIES.',
    ),
  ];
}

/** An address of the documentation range (RFC 5737), which only a trusted peer can put in place of its own. */
const EXAMPLE = '192.0.2.1';

function isTrusted(trustedProxies: readonly string[], peer: string): boolean {
  const reader = new ClientInfoReader(trustedProxies, createLog('silent'));
  return reader.read(peer, { 'x-forwarded-for': EXAMPLE }).ipAddress === EXAMPLE;
}
