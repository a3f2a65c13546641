import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';
import type { ClientInfo } from '../core/client-info.ts';

const LONGEST_USER_AGENT = 255;

/**
 * Reads the caller off a request: the address of its connection's peer, where that is known, and its headers. Those of
 * forwarding count only as far as trusted proxies wrote them.
 */
export function readClientInfo(
  peer: string | undefined,
  headers: IncomingHttpHeaders,
  trustedProxies: BlockList,
): ClientInfo {
  const ipAddress = clientAddress(normalized(peer ?? ''), headers['x-forwarded-for'] ?? '', trustedProxies);
  return {
    ipAddress,
    userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null,
    network: ipAddress === null ? 'unknown' : networkOf(ipAddress),
  };
}

/** The peer; where that is a trusted proxy, the right-most address in X-Forwarded-For that is not one. */
function clientAddress(peer: string | null, header: string | string[], trustedProxies: BlockList): string | null {
  if (peer === null || !isTrusted(peer, trustedProxies)) return peer;

  const hops = (Array.isArray(header) ? header.join(',') : header).split(',').map(hop => normalized(hop.trim()));
  let client = peer;
  for (const hop of hops.reverse()) {
    // What cannot be read was not written by a proxy of ours: the last known hop stands.
    if (hop === null) break;
    client = hop;
    if (!isTrusted(hop, trustedProxies)) break;
  }
  return client;
}

const isTrusted = (address: string, proxies: BlockList) =>
  proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** ::ffff:192.0.2.1 and ::ffff:c000:201 are 192.0.2.1, whichever socket it came in by. */
function normalized(text: string): string | null {
  const bare = text.replace(/%.*$/, '');
  const family = isIP(bare);
  if (family !== 6) return family === 4 ? bare : null;
  return new SocketAddress({ address: bare, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
}

function networkOf(address: string): string {
  if (isIP(address) === 4) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].map(group => Number.parseInt(group, 16).toString(16));
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The addresses and ranges of the setting, to look a peer up in. */
export function trustedProxyList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
