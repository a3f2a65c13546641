import { startApp, type TestApp } from '../support/app.ts';
import { Diagnosis, messages, reportOf } from '../support/doctor.ts';
import { Folder, freePort } from '../support/folder.ts';
import { request } from '../support/raw.ts';
import { changeCookies, type ProxyRules, ReverseProxy, remove, set } from '../support/reverse-proxy.ts';

describe('bienvenue doctor, with a proxy in front of a running service', () => {
  let proxy: ReverseProxy;
  let app: TestApp;
  let env: Record<string, string>;
  beforeAll(async () => {
    proxy = await ReverseProxy.start();
    env = { PUBLIC_URL: `http://localhost:${proxy.port}`, BIENVENUE_ALLOWED_ORIGINS: 'http://localhost:5173' };
    app = await startApp({ env });
    proxy.target = app.options.port;
    env = { ...env, PORT: String(app.options.port), DATABASE_URL: app.database.url };
  });
  afterAll(async () => {
    await app.close();
    await proxy.close();
  });

  it('finds nothing wrong with one that passes everything on', async () => {
    proxy.rules = {};

    expect(await Diagnosis.of(env)).toMatchObject({ code: 0, status: 'ok' });
  });

  it.each<[string, ProxyRules, RegExp]>([
    ['removes cookies', { request: remove('cookie') }, /cookie session_id does not arrive/],
    ['removes Set-Cookie', { response: remove('set-cookie') }, /removes the Set-Cookie header/],
    [
      'adds a Domain',
      { response: changeCookies(line => `${line}; Domain=localhost`) },
      /changes the Set-Cookie header: Domain=localhost is added/,
    ],
    [
      'changes the Path',
      { response: changeCookies(line => line.replace('Path=/', 'Path=/auth')) },
      /changes the Set-Cookie header: Path=\/ is missing/,
    ],
    ['removes Origin', { request: remove('origin') }, /the Origin header does not arrive/],
    ['allows every origin', { response: set('access-control-allow-origin', '*') }, /cannot read the responses/],
    [
      'responds to preflights',
      { respond: ({ method }, res) => method === 'OPTIONS' && Boolean(res.writeHead(204).end()) },
      /Pages of http:\/\/localhost:5173 cannot read the responses/,
    ],
    [
      'redirects',
      { respond: (_, res) => Boolean(res.writeHead(301, { location: 'https://www.example.org/graphql' }).end()) },
      /redirects to https:\/\/www\.example\.org \(301\)/,
    ],
    [
      'serves something else',
      { respond: (_, res) => Boolean(res.end('<h1>It works!</h1>')) },
      /something other than the service \(200\)/,
    ],
    ['does not reach it', { respond: (_, res) => Boolean(res.writeHead(502).end()) }, /responds with 502: .* not run/],
    [
      'changes Origin',
      { request: set('origin', 'http://backend:4000') },
      /refuses requests from its own pages \(403\)/,
    ],
  ])('reports one that %s', async (_, rules, expected) => {
    proxy.rules = rules;
    const report = await reportOf(env);

    expect(report.status).toBe('fault');
    expect(messages(report, 'fault')).toContainEqual(expect.stringMatching(expected));
  });

  it('reports an address that nothing listens on', async () => {
    const report = await reportOf({ ...env, PUBLIC_URL: `http://localhost:${await freePort()}`, PORT: '0' });

    expect(messages(report, 'fault')).toEqual([
      expect.stringMatching(/^public-url: .* cannot be reached .*ECONNREFUSED/),
    ]);
  });
});

describe('bienvenue doctor, with a proxy in front of a stopped service', () => {
  let folder: Folder;
  let proxy: ReverseProxy;
  let env: Record<string, string>;
  beforeAll(async () => {
    folder = new Folder();
    proxy = await ReverseProxy.start();
    proxy.target = await freePort();
    env = {
      PUBLIC_URL: `http://localhost:${proxy.port}`,
      PORT: String(proxy.target),
      DATABASE_URL: `sqlite:${folder.path}/data.sqlite`,
    };
  });
  afterAll(async () => {
    await proxy.close();
    folder.remove();
  });

  const forwards: ProxyRules = { request: set('x-forwarded-for', '203.0.113.9') };

  it('sees that one is trusted', async () => {
    proxy.rules = forwards;
    const report = await reportOf({ ...env, BIENVENUE_TRUSTED_PROXIES: '127.0.0.0/8' });

    expect(report.status).toBe('ok');
    expect(messages(report, 'ok')).toContain('proxy: The proxy 127.0.0.1 is trusted, and adds X-Forwarded-For.');
  });

  it.each<[string, ProxyRules, string, RegExp]>([
    ['is not trusted', forwards, '', /adds X-Forwarded-For and is not trusted: .*Add 127\.0\.0\.1 to/],
    ['is outside the trusted range', forwards, '10.0.0.0/8', /adds X-Forwarded-For and is not trusted/],
    ['adds no address', {}, '127.0.0.1', /adds no X-Forwarded-For/],
    ['adds Forwarded', { request: set('forwarded', 'for=203.0.113.9') }, '127.0.0.1', /Forwarded, which .* not read/],
  ])('warns of one that %s', async (_, rules, ranges, expected) => {
    proxy.rules = rules;
    const report = await reportOf({ ...env, ...(ranges && { BIENVENUE_TRUSTED_PROXIES: ranges }) });

    expect(messages(report, 'warning')).toEqual([expect.stringMatching(expected)]);
  });

  it('shows nothing to others: their requests get 503', async () => {
    const others: Promise<object>[] = [];
    proxy.rules = {
      request() {
        const headers = { cookie: 'session_id=x' };
        const other = request(`http://127.0.0.1:${proxy.target}`, { method: 'POST', path: '/graphql', headers });
        others.push(other.then(({ status, headers, text }) => ({ status, text, cookies: headers['set-cookie'] })));
      },
    };
    await reportOf(env);

    for (const other of await Promise.all(others)) expect(other).toEqual({ status: 503, text: '', cookies: undefined });
    expect(others).not.toEqual([]);
  });
});
