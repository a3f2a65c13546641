import { readClientInfo, trustedProxyList } from '../src/request/client-info.ts';

const NOBODY = trustedProxyList([]);
const PROXIES = trustedProxyList(['10.0.0.0/8', '2001:db8:ffff::/48']);

describe('the caller of a request', () => {
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
  ])('RL-5: at %s has the address %s and counts as %s', (peer, ipAddress, source) => {
    expect(readClientInfo(peer, {}, NOBODY)).toMatchObject({ ipAddress, source });
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
    ['unknown', '10.9.9.9'],
    ['203.0.113.7, _hidden', '10.9.9.9'],
    ['_hidden, 203.0.113.7', '203.0.113.7'],
    ['203.0.113.7, _hidden, 10.1.1.1', '10.1.1.1'],
    ['203.0.113.7, 999.1.1.1', '10.9.9.9'],
  ])('RL-4: behind a trusted proxy that forwards for "%s" is at %s', (forwarded, ipAddress) => {
    const caller = readClientInfo('10.9.9.9', { 'x-forwarded-for': forwarded }, PROXIES);

    expect(caller.ipAddress).toBe(ipAddress);
  });

  it.each(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])(
    'RL-4: at %s, which is no trusted proxy, is there',
    peer => {
      const forwarding = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' };

      expect(readClientInfo(peer, forwarding, PROXIES)).toEqual(readClientInfo(peer, {}, NOBODY));
    },
  );

  it('RL-5: by one IPv4-mapped address in hexadecimal is the IPv4 client that it is', () => {
    const caller = readClientInfo('10.9.9.9', { 'x-forwarded-for': '::ffff:cb00:7107' }, PROXIES);

    expect(caller).toMatchObject({ ipAddress: '203.0.113.7', source: '203.0.113.7' });
  });

  it('is unknown where the connection has no address, whatever the headers say', () => {
    const caller = readClientInfo(undefined, { 'x-forwarded-for': '203.0.113.7' }, PROXIES);

    expect(caller).toMatchObject({ ipAddress: null, source: 'unknown' });
  });

  it('has as much of a user agent as is kept', () => {
    expect(readClientInfo('192.0.2.1', {}, NOBODY).userAgent).toBeNull();
    expect(readClientInfo('192.0.2.1', { 'user-agent': 'x'.repeat(1000) }, NOBODY).userAgent).toHaveLength(255);
  });
});
