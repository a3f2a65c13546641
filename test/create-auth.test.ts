import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { graphql } from 'graphql';
import { ada, bob, LOGIN, PROFILE, REGISTER, sessionOf, startApp, type TestApp } from './support/app.ts';

describe('auth.work()', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.close());

  const count = async (table: string) => Number((await app.rows(`select count(*) as found from ${table}`))[0]?.found);

  it('is not subject to the rate limits of a network address', async () => {
    for (let number = 0; number < 15; number++) {
      const email = `person${number}@example.org`;
      await app.auth.work(({ auth }) => auth.createAccount({ email, password: ada.password }));
    }

    expect(await count('users')).toBe(15);
  });

  it('returns plain objects without hashes', async () => {
    const user = await app.auth.work(({ auth }) => auth.createAccount(ada));
    const signedIn = await app.auth.work(({ auth }) => auth.login(ada));

    expect(Object.getPrototypeOf(user)).toBe(Object.prototype);
    expect(user).toEqual({
      id: expect.any(String),
      email: ada.email,
      name: ada.name,
      locale: null,
      roles: [],
      emailVerifiedAt: null,
      createdAt: app.clock.now(),
    });
    expect(JSON.stringify(signedIn)).not.toMatch(/hash|\$2b\$/i);
    expect(signedIn).toMatchObject({ user });
  });

  it('keeps nothing of a job that throws', async () => {
    const job = app.auth.work(async ({ auth }) => {
      await auth.createAccount(ada);
      await auth.requestPasswordReset(ada.email);
      throw new Error('changed my mind');
    });

    await expect(job).rejects.toThrow('changed my mind');
    expect([await count('users'), await count('outbox')]).toEqual([0, 0]);
  });

  it('goes on after an error that the job handles', async () => {
    await app.register(ada);
    await app.auth.work(async ({ auth }) => {
      await expect(auth.createAccount(ada)).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
      await auth.createAccount(bob);
    });

    expect(await count('users')).toBe(2);
  });

  it('sends the mails that it caused', async () => {
    await app.register(ada);
    await app.auth.work(({ auth }) => auth.requestPasswordReset(ada.email));

    expect(await app.mails()).toMatchObject([{ to: ada.email }]);
  });
});

describe('auth.close()', () => {
  it('waits for the same end, however often it is called', async () => {
    const app = await startApp();
    const closed = app.auth.close();

    expect(app.auth.close()).toBe(closed);
    await closed;
    await app.close();
  });
});

describe('auth.context()', () => {
  let app: TestApp;
  let session: string;
  beforeAll(async () => {
    app = await startApp();
    session = sessionOf(await app.register(ada));
  });
  afterAll(() => app.close());

  const run = (source: string, contextValue: object, variableValues = {}) =>
    graphql({ schema: app.auth.schema, source, contextValue, variableValues });
  const request = (headers: Record<string, string>, method = 'POST') => new Request(app.url, { method, headers });

  it('is a plain object whose properties survive a spread', async () => {
    const context = await app.auth.context({ request: request({ cookie: `session_id=${session}` }) });
    const spread = { ...context, loaders: {} };

    expect(Object.keys(context).sort()).toEqual(['cookie', 'requestId', 'services', 'session']);
    expect(await run(PROFILE, spread)).toMatchObject({ data: { profile: { email: ada.email } } });
    expect(await spread.services.sessions.list()).toHaveLength(1);
  });

  it('appends cookies to the headers of a Fetch response, beside those of the host program', async () => {
    const responseHeaders = new Headers({ 'set-cookie': 'theme=dark' });
    const context = await app.auth.context({ request: request({}), responseHeaders, ipAddress: '192.0.2.1' });
    const { email, password } = ada;
    const { data } = await run(LOGIN, context, { email, password });

    expect(responseHeaders.getSetCookie()).toEqual([
      'theme=dark',
      expect.stringMatching(/^session_id=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=/),
      expect.stringMatching(/^known_device=/),
    ]);
    expect(data).toMatchObject({ login: { session: { ipAddress: '192.0.2.1' } } });
  });

  it('refuses the cookie transport when there is no response to set a cookie on, before it signs in', async () => {
    const context = await app.auth.context({ request: request({}) });
    const { errors } = await run(REGISTER, context, { ...bob });

    expect(errors?.[0]?.message).toBe('This connection cannot set a cookie; use transport: BEARER.');
    expect(await app.rows('select * from users where email = ?', bob.email)).toEqual([]);
    const sessions = await app.rows('select * from sessions');
    const login = await run(LOGIN, context, { email: ada.email, password: ada.password });
    expect(login.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST', http: { status: 400 } });
    expect(await app.rows('select * from sessions')).toEqual(sessions);
    expect(await run(LOGIN, context, { email: ada.email, password: ada.password, transport: 'BEARER' })).toMatchObject({
      data: { login: { token: expect.any(String) } },
    });
  });

  it('cuts the request id of the host program at 64 characters, and replaces an empty one', async () => {
    const contextWith = (requestId: string) => app.auth.context({ request: request({}), requestId });
    const context = await contextWith('r'.repeat(65));
    const { email } = ada;
    await run(LOGIN, context, { email, password: 'wrong horse battery', transport: 'BEARER' });

    expect(context.requestId).toBe('r'.repeat(64));
    expect(await app.rows('select type from account_events where request_id = ?', context.requestId)).toEqual([
      { type: 'SIGN_IN_FAILED' },
    ]);
    expect((await contextWith('')).requestId).toMatch(/^[\w-]{36}$/);
  });

  it('is made of the request of a WebSocket upgrade', async () => {
    const { profile, error } = await onUpgrade({ cookie: `session_id=${session}` });

    expect([profile, error]).toEqual([ada.email, undefined]);
  });

  it.each<[string, Record<string, string>]>([
    ['a form of another site', { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }],
    ['a page of another site, by Fetch Metadata', { 'sec-fetch-site': 'cross-site' }],
    ['a sandboxed page', { origin: 'null' }],
  ])('CS-1: refuses %s', async (_, headers) => {
    await expect(app.auth.context({ request: request(headers) })).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN', http: { status: 403 } },
    });
  });

  it('CS-1: refuses a WebSocket that a page of another site opens', async () => {
    const { error } = await onUpgrade({ cookie: `session_id=${session}`, origin: 'https://evil.example' });

    expect(error).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });

  /** Upgrades a connection of a host program's server, and makes a context there. */
  async function onUpgrade(headers: Record<string, string>) {
    const host = createServer().listen(0, '127.0.0.1');
    let upgraded: Socket | undefined;
    await once(host, 'listening');
    const socket = connect((host.address() as AddressInfo).port, '127.0.0.1');
    const lines = Object.entries({ host: 'localhost', connection: 'Upgrade', upgrade: 'websocket', ...headers });
    socket.write(`GET / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    try {
      const [req] = (await once(host, 'upgrade')) as [IncomingMessage];
      upgraded = req.socket;
      const context = await app.auth.context({ req });
      return { profile: context.session?.user.email };
    } catch (error) {
      return { error };
    } finally {
      socket.destroy();
      // The server does not close a connection that was upgraded.
      upgraded?.destroy();
      host.close();
    }
  }
});
