import { ada } from '../../../support/app.ts';
import { EVERY_OPERATION, EVERY_ROUTE, valuesOf } from '../../../support/every-operation.ts';
import type { Random } from './mutations.ts';
import { Mutations } from './mutations.ts';

/** Part of every request as password, token, cookie, header and path. No log line may contain it. */
export const CANARY = 'k4n4ry';

interface Request {
  method: string;
  path: string;
  headers: [string, string][];
  /** Sent as JSON when it is an object. */
  body?: unknown;
}

const FIELDS: Record<string, string> = {
  password: `${CANARY} battery staple`,
  newPassword: `${CANARY} horse staple`,
  new_password: `${CANARY} horse staple`,
  token: CANARY.padEnd(43, 'a'),
  reset_token: CANARY.padEnd(43, 'b'),
  // An invalid address, because hashing is slow: only the share HASHED of the requests has a valid one.
  email: `${CANARY}.example.org`,
};
const HASHED = 0.003;

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const VALUES = [
  ...['', ' ', '*', '*/*', 'x'.repeat(2000), '\u00ff\u00fe', 'null', '-1', '0x10', '"', ';', ',', '%00', 'a=b; c'],
  ...['text/html', JSON_TYPE, FORM_TYPE, 'application/json; charset=utf-16', 'multipart/form-data; boundary=x'],
  ...['close', 'keep-alive', 'upgrade', 'websocket', 'h2c', '100-continue', 'chunked', 'gzip', 'http://evil.test'],
  ...['cross-site', 'same-origin', 'Bearer', `Bearer ${CANARY}`, 'Basic eDp5', 'session_id=', `session_id=${CANARY}`],
];
const NAMES =
  `accept accept-encoding authorization connection content-encoding content-type cookie expect forwarded host
  if-none-match origin range referer sec-fetch-site te trailer upgrade user-agent via x-forwarded-for
  x-http-method-override apollo-require-preflight __proto__ x-apollo-operation-name`.split(/\s+/);
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY', 'get'];
const PATHS = [
  '/',
  '/graphql',
  '/livez',
  '/readyz',
  '/users',
  '/sessions',
  '/profile',
  '/reset_password',
  '/dev/mailbox',
];

const DOCUMENTS = [
  '{ profile { id email name createdAt } session { id current } }',
  'query Q($a: Boolean = true) { me: profile @include(if: $a) { ...F } } fragment F on User { id email }',
  'mutation { login(email: "x", password: "y") { __typename ... on SignedIn { user { id } token } } }',
  '{ __schema { queryType { name } } __type(name: "User") { fields { name type { kind } } } }',
  'subscription S { profile { id } }',
];

/** Sent without a live session, which has to last: a mutation of the method makes DELETE of every request to /sessions. */
const ENDS_SESSIONS = /log|revokeOtherSessions|deleteAccount/;

/** Valid requests with one to three random mutations. The same `random` produces the same requests. */
export class HostileRequests {
  private readonly mutations: Mutations;

  /** `unlike`: text that no request may contain, so that a response cannot be echoing it. */
  constructor(
    private readonly random: Random,
    unlike: RegExp,
    private readonly liveCookies: string[],
  ) {
    this.mutations = new Mutations(random, unlike);
  }

  /** Mutated but correctly framed, so that the next request on the same connection is read as well. */
  framed(): Buffer {
    return this.bytesOf(this.mutated(this.valid()));
  }

  /** Mutated anywhere, including the framing. */
  broken(): Buffer {
    return this.mutations.bytes(this.bytesOf(this.random.chance(0.5) ? this.valid() : this.mutated(this.valid())));
  }

  private valid(): Request {
    const { random } = this;
    const operation = random.of(EVERY_OPERATION);
    const route = random.of(EVERY_ROUTE);
    const text = (name: string) => (name === 'email' && random.chance(HASHED) ? ada.email : (FIELDS[name] ?? CANARY));
    switch (random.below(6)) {
      case 0:
        return this.request(route.method, route.path, this.formOf(route.fields, text), FORM_TYPE);
      case 1:
        return this.request(route.method, route.path, Object.fromEntries(route.fields.map(name => [name, text(name)])));
      case 2:
        return this.request('POST', '/graphql', { query: random.of(DOCUMENTS), extensions: {}, operationName: null });
      case 3:
        return this.request('GET', `/graphql?query=${encodeURIComponent(random.of(DOCUMENTS))}&variables={"a":true}`);
      case 4:
        return this.request('GET', random.of(PATHS));
      default:
        return this.request('POST', '/graphql', { query: operation.query, variables: valuesOf(operation, text) });
    }
  }

  private formOf(fields: string[], text: (name: string) => string): string {
    return new URLSearchParams(fields.map((name): [string, string] => [name, text(name)])).toString();
  }

  private request(method: string, path: string, body?: unknown, type = JSON_TYPE): Request {
    const { random } = this;
    const headers: [string, string][] = [
      ['host', 'localhost'],
      ['user-agent', CANARY],
    ];
    if (body !== undefined) headers.push(['content-type', type]);
    if (method === 'GET') headers.push(['apollo-require-preflight', '1']);
    const ends = path === '/sessions' || (method !== 'GET' && ENDS_SESSIONS.test(JSON.stringify(body ?? '')));
    if (random.chance(0.5) && !ends) headers.push(['cookie', random.of(this.liveCookies)]);
    else headers.push(random.chance(0.5) ? ['cookie', `session_id=${CANARY}`] : ['authorization', `Bearer ${CANARY}`]);
    return { method, path, headers, body };
  }

  private mutated(request: Request): Request {
    let { method, path, headers, body } = request;
    for (let times = 1 + this.random.below(3); times > 0; times--) {
      const change = this.random.next();
      if (change < 0.7 && body !== undefined) body = this.mutatedBody(body);
      else if (change < 0.85) headers = this.mutatedHeaders(headers);
      else if (change < 0.95) path = this.mutatedPath(path);
      else method = this.random.of(METHODS);
    }
    return { method, path, headers, body };
  }

  private mutatedBody(body: unknown): unknown {
    const { random, mutations } = this;
    if (typeof body === 'string') return random.chance(0.2) ? mutations.bytes(Buffer.from(body)) : mutations.text(body);
    if (body instanceof Buffer) return mutations.bytes(body);
    if (typeof body !== 'object' || body === null) return mutations.json(body);
    const { query, ...rest } = body as Record<string, unknown>;
    if (typeof query === 'string' && random.chance(0.5)) return { query: mutations.document(query), ...rest };
    if (random.chance(0.1)) return mutations.bytes(Buffer.from(JSON.stringify(body)));
    // Of duplicate keys JSON.parse uses the last one.
    if (random.chance(0.1)) return JSON.stringify(body).replace(/"(\w+)":/, '"$1":{},$&');
    return mutations.json(body) ?? null;
  }

  private mutatedHeaders(headers: [string, string][]): [string, string][] {
    const { random } = this;
    const at = random.below(headers.length);
    const [name, value] = headers[at] as [string, string];
    switch (random.below(5)) {
      case 0:
        return headers.filter((_, index) => index !== at);
      case 1:
        return [...headers, [name, value]];
      case 2:
        return headers.with(at, [name, this.oneLine(this.mutations.text(value))]);
      case 3:
        return headers.with(at, [name.toUpperCase(), random.of(VALUES)]);
      default:
        return [...headers, [random.of(NAMES), random.of(VALUES)]];
    }
  }

  private mutatedPath(path: string): string {
    const { random } = this;
    const mutated = random.chance(0.3) ? random.of(PATHS) : this.oneLine(this.mutations.text(path)).replace(/ /g, '+');
    return random.chance(0.3) ? `${mutated}?${CANARY}=%ff&__proto__[x]=1` : mutated || '*';
  }

  /** Without control characters, which would end the line or the header. */
  private oneLine = (text: string) => Buffer.from(text.replace(/\p{Cc}/gu, '').slice(0, 3000)).toString('latin1');

  private bytesOf({ method, path, headers, body }: Request): Buffer {
    const content = body instanceof Buffer ? body : Buffer.from(textOf(body));
    const length: [string, string][] =
      content.length > 0 || method !== 'GET' ? [['content-length', `${content.length}`]] : [];
    const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), content]);
  }
}

const textOf = (body: unknown): string =>
  body === undefined ? '' : typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
