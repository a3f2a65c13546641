// Checks a running example at URL: the protections that a host program has by default.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const { URL: url, OPERATIONS, PAGES } = process.env;
const operation = name => readFileSync(`${OPERATIONS}/${name}.graphql`, 'utf8');
const ada = { email: 'ada@example.org', password: 'correct horse battery' };

/** A JSON request, as a front end on `origin` sends it. */
async function send(query, { variables, headers = {}, origin = new URL(url).origin } = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = await response.json();
  const cookie = response.headers.getSetCookie().find(line => line.startsWith('session_id='));
  return { response, status: response.status, data, errors, code: errors[0]?.extensions?.code, cookie };
}

const registered = await send(operation('register'), { variables: ada });
assert.equal(registered.data?.register.user.email, ada.email, JSON.stringify(registered.errors));

const login = await send(operation('login'), { variables: ada });
assert.match(login.cookie ?? '', /^session_id=[\w-]{43}; .*HttpOnly/, 'login sets the cookie');
const [session] = login.cookie.split(';');
const profile = await send(operation('profile'), { headers: { cookie: session } });
assert.equal(profile.data?.profile?.email, ada.email, 'the cookie signs in');

const wrong = await send(operation('login'), { variables: { ...ada, password: 'wrong horse battery' } });
assert.equal(wrong.code, 'INVALID_CREDENTIALS');
assert.match(wrong.errors[0].extensions.requestId ?? '', /^[\w-]{36}$/, 'errors carry the request id');
assert.equal(wrong.cookie, undefined);

const invalid = await send(operation('register'), { variables: { ...ada, email: 'nobody' } });
assert.deepEqual([invalid.code, invalid.errors[0].extensions.fields[0].rule], ['BAD_USER_INPUT', 'INVALID']);

// Login CSRF: a page of another site signs the visitor in to an account that it controls.
const text = operation('login');
const multipart = new FormData();
multipart.set('operations', JSON.stringify({ query: text, variables: ada }));
multipart.set('map', '{}');
const bodies = {
  'application/x-www-form-urlencoded': new URLSearchParams({ query: text, variables: JSON.stringify(ada) }).toString(),
  'multipart/form-data': multipart,
  'text/plain': JSON.stringify({ query: text, variables: ada }),
  'application/json': JSON.stringify({ query: text, variables: ada }),
};
for (const type of Object.keys(bodies))
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, {}]) {
    const foreign = { ...headers, origin: 'https://evil.example' };
    if (type !== 'multipart/form-data') foreign['content-type'] = type;
    const response = await fetch(url, { method: 'POST', headers: foreign, body: bodies[type] });
    const body = await response.text();
    assert.ok(response.status >= 400, `a cross-site ${type} post of login is refused: ${response.status} ${body}`);
    assert.deepEqual(response.headers.getSetCookie(), [], 'and sets no cookie');
    assert.ok(!body.includes(ada.email));
  }

const attempt = name => `${name}: login(email: "${ada.email}", password: "x") { __typename }`;
const two = await send(`mutation { ${attempt('a')} ${attempt('b')} }`);
assert.equal(two.code, 'GRAPHQL_VALIDATION_FAILED', JSON.stringify(two));
assert.match(two.errors[0].message, /only one of these: login/);
const aliases = Array.from({ length: 16 }, (_, i) => `a${i}: __typename`).join(' ');
const large = await send(`{ profile { ${aliases} } }`);
assert.match(large.errors[0]?.message ?? '', /more than 15 aliases/);

const literal = await send(`mutation { login(email: "${ada.email}", password: 12345678) { __typename } }`);
assert.ok(
  literal.errors.length > 0 && !JSON.stringify(literal.errors).includes('12345678'),
  'a wrong value is not repeated',
);
const next = level => (level === 30 ? '__typename' : `...f${level + 1} ...f${level + 1}`);
const fragments = Array.from({ length: 31 }, (_, level) => `fragment f${level} on Query { ${next(level)} }`);
const doubled = await send(`{ ...f0 } ${fragments.join(' ')}`);
assert.ok(doubled.errors.length > 0, 'fragments that double at each level are refused');

let limited;
for (let i = 0; i < 12 && limited?.code !== 'RATE_LIMITED'; i++)
  limited = await send(operation('login'), { variables: { email: 'bob@example.org', password: `wrong ${i}` } });
assert.equal(limited.code, 'RATE_LIMITED');
assert.equal(limited.status, 429);
assert.match(limited.response.headers.get('retry-after') ?? '', /^\d+$/);

const own = await send('{ greeting }', { headers: { cookie: session } });
if (own.code !== 'GRAPHQL_VALIDATION_FAILED') {
  assert.equal(own.data?.greeting, `Hello, ${ada.email}`, JSON.stringify(own.errors));
  assert.equal((await send('{ greeting }')).code, 'UNAUTHENTICATED');
}
if (PAGES === 'on') {
  const page = await fetch(new URL('/account/sign-in', url));
  const html = await page.text();
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self'; /);
  const script = await fetch(new URL(html.match(/<script[^>]* src="([^"]+)"/)?.[1] ?? '', url), {
    headers: { 'accept-encoding': 'br' },
  });
  assert.deepEqual([script.status, script.headers.get('content-encoding')], [200, 'br']);
}
console.log('checked:', url);
