import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LoginDocument, LogoutDocument, ProfileDocument } from '../../schema/documents.ts';
import { authError, createServerClient } from '../../src/client/index.ts';
import { ada, bob, startApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let server: Server;
let url: string;
beforeAll(async () => {
  app = await startApp();
  await app.register(ada);
  await app.register(bob);
});
afterAll(() => app.close());
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function listen(): Promise<void> {
  await new Promise<void>(resolve => server.listen(0, resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** A browser of the server-rendered app. */
class Visitor {
  private cookie = '';

  async get(headers: Record<string, string> = {}): Promise<string> {
    return (await this.send('/', { headers })).text();
  }

  post(path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, ...(this.cookie && { cookie: this.cookie }) };
    const response = await fetch(url + path, { ...init, headers, redirect: 'manual' });
    const cookies = response.headers.getSetCookie().map(line => line.split(';')[0]);
    if (cookies.length > 0) this.cookie = cookies.join('; ');
    return response;
  }
}

describe.each([
  ['loaders and actions, as React Router has them', startWithLoaders],
  ['plain Node.js', startPlain],
])('an app rendered on the server with %s', (_, start) => {
  let visitor: Visitor;
  beforeEach(async () => {
    await start();
    visitor = new Visitor();
  });

  it('signs in, shows the visitor, and signs out', async () => {
    expect(await visitor.get()).toBe('visitor');

    const signedIn = await visitor.post('/login', { email: ada.email, password: ada.password });
    expect(signedIn.status).toBe(303);
    expect(await visitor.get()).toBe(ada.email);

    await visitor.post('/logout');
    expect(await visitor.get()).toBe('visitor');
  });

  it('keeps visitors apart', async () => {
    const other = new Visitor();
    await visitor.post('/login', { email: ada.email, password: ada.password });
    await other.post('/login', { email: bob.email, password: bob.password });

    expect(await Promise.all([visitor.get(), other.get(), visitor.get()])).toEqual([ada.email, bob.email, ada.email]);
  });

  it('shows what the service says of a wrong password', async () => {
    const response = await visitor.post('/login', { email: ada.email, password: 'wrong horse' });
    expect(await response.text()).toBe('The e-mail address or the password is wrong.');
  });

  it('passes on from which browser the visitor signed in', async () => {
    await visitor.post('/login', { email: bob.email, password: bob.password }, { 'user-agent': 'Firefox of Bob' });
    const { data } = await (await app.login(bob)).send('{ sessions { userAgent } }');
    expect(data.sessions).toContainEqual({ userAgent: 'Firefox of Bob' });
  });

  it('refuses a form that another site posts, but shows its page to visitors who come from there', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const response = await visitor.post('/login', { email: ada.email, password: ada.password }, headers);

    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await visitor.get(headers)).toBe('visitor');
  });
});

it('uses the cookie that it has just received', async () => {
  server = createServer();
  const { client, setCookies } = createServerClient({
    uri: `${app.url}/graphql`,
    request: new Request(app.url, { headers: { cookie: 'theme=dark' } }),
  });
  await client.mutate({ mutation: LoginDocument, variables: ada });
  expect((await client.query({ query: ProfileDocument })).data?.profile?.email).toBe(ada.email);
  expect(setCookies).toContainEqual(expect.stringMatching(/^session_id=.*HttpOnly/));

  await client.mutate({ mutation: LogoutDocument });
  expect((await client.query({ query: ProfileDocument, fetchPolicy: 'network-only' })).data?.profile).toBeNull();
});

it('forwards a cookie that came twice as it came, so that the service can refuse it', async () => {
  server = createServer();
  const { session_id: token } = (await app.login(ada)).cookies;
  const { client } = createServerClient({
    uri: `${app.url}/graphql`,
    request: { headers: { cookie: `session_id=planted; flag; session_id=${token}` } },
  });
  expect((await client.query({ query: ProfileDocument })).data?.profile).toBeNull();
});

/** A loader: the page of the visitor. */
async function loader({ request }: { request: Request }): Promise<Response> {
  const { client, setCookies } = createServerClient({ uri: `${app.url}/graphql`, request });
  const { data } = await client.query({ query: ProfileDocument });
  return new Response(data?.profile?.email ?? 'visitor', { headers: withCookies(setCookies) });
}

/** An action: the form that signs in. */
async function loginAction({ request }: { request: Request }): Promise<Response> {
  const { client, setCookies } = createServerClient({ uri: `${app.url}/graphql`, request });
  const form = await request.formData();
  const variables = { email: String(form.get('email')), password: String(form.get('password')) };
  try {
    await client.mutate({ mutation: LoginDocument, variables });
  } catch (error) {
    return new Response(authError(error).message);
  }
  const headers = withCookies(setCookies);
  headers.set('location', '/');
  return new Response(null, { status: 303, headers });
}

function withCookies(setCookies: readonly string[]): Headers {
  const headers = new Headers();
  for (const cookie of setCookies) headers.append('set-cookie', cookie);
  return headers;
}

async function logoutAction({ request }: { request: Request }): Promise<Response> {
  const { client, setCookies } = createServerClient({ uri: `${app.url}/graphql`, request });
  await client.mutate({ mutation: LogoutDocument });
  return new Response(null, { status: 303, headers: withCookies(setCookies) });
}

/** Runs loaders and actions on Fetch requests, as an adapter of such a framework does. */
function startWithLoaders(): Promise<void> {
  const routes: Record<string, typeof loader> = { '/login': loginAction, '/logout': logoutAction };
  server = createServer(async (req, res) => {
    const headers = Object.entries(req.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const body = req.method === 'POST' ? await text(req) : undefined;
    const request = new Request(`http://app.example${req.url}`, { method: req.method ?? 'GET', headers, body });
    const response = await (routes[String(req.url)] ?? loader)({ request });
    res.writeHead(response.status, { 'set-cookie': response.headers.getSetCookie() });
    res.end(await response.text());
  });
  return listen();
}

/** An app without a framework. */
function startPlain(): Promise<void> {
  server = createServer(async (req, res) => {
    const { client, setCookies } = createServerClient({ uri: `${app.url}/graphql`, request: req });
    if (req.url === '/') {
      const { data } = await client.query({ query: ProfileDocument });
      res.appendHeader('set-cookie', setCookies).end(data?.profile?.email ?? 'visitor');
      return;
    }
    const form = new URLSearchParams(await text(req));
    try {
      if (req.url === '/logout') await client.mutate({ mutation: LogoutDocument });
      else {
        const variables = { email: form.get('email') ?? '', password: form.get('password') ?? '' };
        await client.mutate({ mutation: LoginDocument, variables });
      }
      res.writeHead(303, { location: '/', 'set-cookie': [...setCookies] }).end();
    } catch (error) {
      res.end(authError(error).message);
    }
  });
  return listen();
}

async function text(req: IncomingMessage): Promise<string> {
  const chunks = await req.toArray();
  return Buffer.concat(chunks).toString();
}
