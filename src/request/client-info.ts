import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { ClientInfo } from '../core/client-info.ts';
import { parseLocale } from '../core/locale.ts';
import { type Log, warnOncePerMinute } from '../core/log.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const MAX_USER_AGENT_LENGTH = 255;
const PART = { part: 'client address' };

/** Reads the client of a request: address and user agent. */
export class ClientInfoReader {
  private readonly trustedProxies: [Address, number][];
  private readonly warn: Log['warn'];

  /** `trustedProxies`: addresses or CIDR ranges whose X-Forwarded-For header is trusted. */
  constructor(trustedProxies: readonly string[], log: Log) {
    this.trustedProxies = trustedProxies.map(range => ipaddr.parseCIDR(range));
    this.warn = warnOncePerMinute(log);
  }

  /** `peer`: the address of the connection, if it is known. */
  read(peer: string | undefined, headers: IncomingHttpHeaders): ClientInfo {
    const address = this.clientAddress(parseAddress(peer ?? ''), headers);
    return {
      ipAddress: address?.toString() ?? null,
      userAgent: headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      network: address ? networkOf(address) : 'unknown',
      locale: preferredLanguage(headers['accept-language']),
    };
  }

  /** The peer, or behind trusted proxies the last address in X-Forwarded-For that is not one of them. */
  private clientAddress(peer: Address | null, headers: IncomingHttpHeaders): Address | null {
    if (!peer || !this.isTrusted(peer)) {
      const forwarded = headers['x-forwarded-for'] ?? headers.forwarded;
      if (forwarded !== undefined && this.trustedProxies.length === 0)
        this.warn('forwarding headers are ignored; behind a proxy, set BIENVENUE_TRUSTED_PROXIES to its address', PART);
      return peer;
    }
    let client = peer;
    for (const entry of forwardedEntries(headers['x-forwarded-for']).reverse()) {
      const address = parseAddress(withoutPort(entry));
      if (!address) {
        this.warn(
          'a trusted proxy sent an X-Forwarded-For entry that is not an IP address; check its configuration',
          PART,
        );
        break;
      }
      client = address;
      if (!this.isTrusted(address)) break;
    }
    return client;
  }

  private isTrusted(address: Address): boolean {
    return this.trustedProxies.some(([range, bits]) => address.kind() === range.kind() && address.match([range, bits]));
  }
}

/** The language with the highest weight, the first one of several (RFC 9110, 12.5.4). Null when any will do. */
function preferredLanguage(header = ''): string | null {
  const weighted = header.split(',').flatMap(entry => {
    const [, tag = '', weight = '1'] = /^\s*([A-Za-z0-9-]+)\s*(?:;\s*q=([\d.]+)\s*)?$/.exec(entry) ?? [];
    const locale = parseLocale(tag);
    return locale !== null && Number(weight) > 0 ? [{ locale, weight: Number(weight) }] : [];
  });
  return weighted.sort((a, b) => b.weight - a.weight)[0]?.locale ?? null;
}

/** Empty elements of a list are ignored (RFC 9110, 5.6.1). */
const forwardedEntries = (header: string | string[] = '') =>
  String(header)
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '');

/** Some proxies add a port: `203.0.113.7:51234`, `[2001:db8::7]:443` (the notation of RFC 7239, 6). */
function withoutPort(entry: string): string {
  const bare = entry.replace(/^"(.*)"$/, '$1');
  return /^\[(.+)\](?::\d+)?$/.exec(bare)?.[1] ?? /^([\d.]+):\d+$/.exec(bare)?.[1] ?? bare;
}

/** An IPv4-mapped IPv6 address counts as IPv4, and a zone is dropped. Null for anything else than an address. */
function parseAddress(text: string): Address | null {
  const bare = text.replace(/%.*$/, '');
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return null;
  return ipaddr.process(bare);
}

/** The unit of rate limits: an IPv4 address, or the /64 that providers assign to one IPv6 customer. */
function networkOf(address: Address): string {
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const prefix = address.parts.slice(0, 4).map(part => part.toString(16));
  return `${prefix.join(':')}::/64`;
}
