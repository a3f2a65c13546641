import { ada, bob, LOGIN, startApp, type TestApp } from '../support/app.ts';
import { BEHIND_PROXY, browserAt, guess } from '../support/guesses.ts';

const LIMITED = { status: 429, code: 'RATE_LIMITED' };
const SIGNED_IN = { data: { login: { session: {} } } };

/** Headers that proxies write, and that a client can forge. */
const FORWARDING = [
  'x-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'fastly-client-ip',
];

describe('the source of an attempt without a proxy', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterEach(() => app.close());

  it.each([
    ...FORWARDING.map(name => [name, (address: string) => address] as const),
    ['forwarded', (address: string) => `for=${address};proto=https`] as const,
    ['x-forwarded-host', (address: string) => `${address}.example`] as const,
  ])('RL-4: is not taken from %s', async (name, value) => {
    for (let index = 0; index < 5; index++) {
      const browser = app.browser({ headers: { [name]: value(`203.0.113.${index}`) } });
      expect(await browser.send(LOGIN, { ...ada, password: 'wrong' })).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    }

    const browser = app.browser({ headers: { [name]: value('203.0.113.99') } });
    expect(await browser.send(LOGIN, { ...ada })).toMatchObject(LIMITED);
    expect((await app.dump()).join(' ')).not.toContain('203.0.113');
  });

  it('RL-4: is the address of the connection', async () => {
    const browser = app.browser({ headers: { 'x-forwarded-for': '203.0.113.1' } });

    expect(await browser.send(LOGIN, { ...ada })).toMatchObject({
      data: { login: { session: { ipAddress: '127.0.0.1' } } },
    });
  });

  it.each([
    ['ADA@example.org', {}],
    ['ada@EXAMPLE.org', {}],
    ['ada@ｅxample.org', {}],
    [ada.email, { ip: '203.0.113.1', source: 'elsewhere', limit: null }],
  ])(
    'RL-5: no spelling of the account, and nothing else in the body, yields new attempts: %s %j',
    async (email, extra) => {
      for (let index = 0; index < 5; index++) await app.browser().send(LOGIN, { ...ada, password: 'wrong' });

      const response = await app.browser().fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: LOGIN, variables: { ...ada, email, ...extra }, ...extra }),
      });

      expect(response.status).toBe(429);
    },
  );

  it('RL-5: is counted separately for each account', async () => {
    await app.register(bob);
    for (let index = 0; index < 6; index++) await app.browser().send(LOGIN, { ...ada, password: 'wrong' });

    expect(await app.browser().send(LOGIN, { ...bob })).toMatchObject(SIGNED_IN);
  });
});

describe('the source of an attempt behind a trusted proxy', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
    await app.register(ada);
  });
  afterEach(() => app.close());

  it('RL-4: is the address that the proxy appended, not the ones before it', async () => {
    for (let index = 0; index < 5; index++) await guess(app, ada, 'wrong', `198.51.100.${index}, 203.0.113.7`);

    expect(await guess(app, ada, ada.password, '198.51.100.99, 203.0.113.7')).toMatchObject(LIMITED);
    expect(await guess(app, ada, ada.password, '203.0.113.7')).toMatchObject(LIMITED);
    expect(await guess(app, ada, ada.password, '203.0.113.7, 203.0.113.8')).toMatchObject({
      data: { login: { session: { ipAddress: '203.0.113.8' } } },
    });
  });

  it.each(['x-real-ip', 'forwarded', 'cf-connecting-ip'])('RL-4: is not taken from %s', async name => {
    const from = (address: string) => app.browser({ headers: { 'x-forwarded-for': '203.0.113.7', [name]: address } });
    for (let index = 0; index < 5; index++)
      await from(`198.51.100.${index}`).send(LOGIN, { ...ada, password: 'wrong' });

    expect(await from('198.51.100.99').send(LOGIN, { ...ada })).toMatchObject(LIMITED);
  });

  it.each([
    ['203.0.113.7', '::ffff:203.0.113.7', LIMITED],
    ['::FFFF:203.0.113.7', '203.0.113.7', LIMITED],
    ['2001:db8:1:2::7', '2001:db8:1:2:ffff:ffff:ffff:ffff', LIMITED],
    ['2001:db8:1:2::7', '2001:0DB8:0001:0002::0008', LIMITED],
    ['203.0.113.7', '203.0.113.8', SIGNED_IN],
    ['2001:db8:1:2::7', '2001:db8:1:3::7', SIGNED_IN],
    ['::1', '203.0.113.7', SIGNED_IN],
  ])(
    'RL-5: after five guesses from %s, the next from %s gets the expected response',
    async (first, second, expected) => {
      for (let index = 0; index < 5; index++) await guess(app, ada, 'wrong', first);

      expect(await guess(app, ada, ada.password, second)).toMatchObject(expected);
    },
  );

  it('RL-4: keeps registrations by one client from using up those of another', async () => {
    const register = (index: number, address: string) =>
      browserAt(app, address).form('POST', '/users', { email: `new${index}@example.org`, password: ada.password });
    for (let index = 0; index < 10; index++) expect((await register(index, '203.0.113.7')).status).toBe(200);

    expect((await register(10, '203.0.113.7')).status).toBe(429);
    expect((await register(11, '203.0.113.8')).status).toBe(200);
  });
});
