import type { Log } from '../../src/core/log.ts';
import { ClientInfoReader } from '../../src/request/client-info.ts';

const warnings: string[] = [];
const log: Log = {
  debug: () => {},
  info: () => {},
  warn: message => void warnings.push(message),
  error: () => {},
};
beforeEach(() => {
  warnings.length = 0;
});

const withoutProxies = () => new ClientInfoReader([], log);
const withProxies = () => new ClientInfoReader(['10.0.0.0/8', '2001:db8:ffff::/48'], log);
const behindProxy = (forwarded: string) => withProxies().read('10.9.9.9', { 'x-forwarded-for': forwarded });

describe('the client of a request', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['::1', '::1', '0:0:0:0::/64'],
    ['::', '::', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::3', '2001:db8:1:2::3', '2001:db8:1:2::/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2:3:4:5:6', '2001:db8:0:2::/64'],
    ['1:2:3::', '1:2:3::', '1:2:3:0::/64'],
    ['::1:2:3:4:5:6:7', '0:1:2:3:4:5:6:7', '0:1:2:3::/64'],
    ['fe80::1%eth0', 'fe80::1', 'fe80:0:0:0::/64'],
  ])('RL-5: connected from %s, has the address %s and the network %s', (peer, ipAddress, network) => {
    expect(withoutProxies().read(peer, {})).toMatchObject({ ipAddress, network });
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['198.51.100.1,203.0.113.7', '203.0.113.7'],
    ['198.51.100.1, 203.0.113.7, 10.1.1.1, 10.2.2.2', '203.0.113.7'],
    ['203.0.113.7, 2001:db8:ffff::1', '203.0.113.7'],
    ['203.0.113.7, ::ffff:10.1.1.1', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['', '10.9.9.9'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['"[2001:db8::7]:443"', '2001:db8::7'],
    ['203.0.113.7:51234, 10.1.1.1:80', '203.0.113.7'],
    ['203.0.113.7, , ', '203.0.113.7'],
    [',203.0.113.7,,10.1.1.1', '203.0.113.7'],
    ['_hidden, 203.0.113.7', '203.0.113.7'],
  ])('RL-4: behind a trusted proxy that forwards for "%s" has the address %s', (forwarded, ipAddress) => {
    expect(behindProxy(forwarded).ipAddress).toBe(ipAddress);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['unknown', '10.9.9.9'],
    ['203.0.113.7, _hidden', '10.9.9.9'],
    ['203.0.113.7, _hidden, 10.1.1.1', '10.1.1.1'],
    ['203.0.113.7, 999.1.1.1', '10.9.9.9'],
    ['203.0.113.7, 0x7f.1', '10.9.9.9'],
    ['203.0.113.7, 2130706433', '10.9.9.9'],
  ])(
    'RL-4: is the last known proxy, with a warning, when "%s" has no readable address there',
    (forwarded, ipAddress) => {
      expect(behindProxy(forwarded).ipAddress).toBe(ipAddress);
      expect(warnings).toEqual([
        'a trusted proxy sent an X-Forwarded-For entry that is not an IP address; check its configuration',
      ]);
    },
  );

  it.each(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])(
    'RL-4: connected from %s, which is not a trusted proxy, cannot choose an address',
    peer => {
      const forwarding = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' };

      expect(withProxies().read(peer, forwarding)).toEqual(withoutProxies().read(peer, {}));
    },
  );

  it('RL-5: with an IPv4-mapped address in hexadecimal has the IPv4 address', () => {
    expect(behindProxy('::ffff:cb00:7107')).toMatchObject({ ipAddress: '203.0.113.7', network: '203.0.113.7' });
  });

  it('has no address when the connection has none, whatever the headers contain', () => {
    expect(withProxies().read(undefined, { 'x-forwarded-for': '203.0.113.7' })).toMatchObject({
      ipAddress: null,
      network: 'unknown',
    });
  });

  it('has the first 255 characters of a user agent', () => {
    expect(withoutProxies().read('192.0.2.1', {}).userAgent).toBeNull();
    expect(withoutProxies().read('192.0.2.1', { 'user-agent': 'x'.repeat(1000) }).userAgent).toHaveLength(255);
  });
});

describe('forwarding headers without trusted proxies', () => {
  it('are reported once for several requests, because all clients of a proxy then share one rate limit', () => {
    const reader = withoutProxies();
    reader.read('192.0.2.1', {});
    expect(warnings).toEqual([]);

    reader.read('192.0.2.1', { 'x-forwarded-for': '203.0.113.7' });
    reader.read('192.0.2.1', { forwarded: 'for=203.0.113.7' });

    expect(warnings).toEqual([
      'forwarding headers are ignored; behind a proxy, set BIENVENUE_TRUSTED_PROXIES to its address',
    ]);
  });
});
