import { ada, REGISTER } from '../support/app.ts';
import { EVERY_OPERATION, EVERY_ROUTE, rightText, valuesOf } from '../support/every-operation.ts';
import { SLOW } from '../support/hostile-values.ts';
import { type RawRequest, request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Four times the required limit, because the machine also runs other work. */
const MAX_STALL_MS = 200;
const TRIES = 3;

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

/** Every request, with this text in one of its fields: in two fields the body would exceed the size limit. */
function* requestsWith(text: string): Generator<RawRequest> {
  for (const operation of EVERY_OPERATION) {
    for (const { name } of operation.args) {
      const variables = { ...valuesOf(operation, rightText), [name]: text };
      const body = JSON.stringify({ query: operation.query, variables });
      yield { method: 'POST', path: '/graphql', headers: JSON_TYPE, body };
    }
  }
  for (const { method, path, fields } of EVERY_ROUTE) {
    for (const field of fields) {
      const values = fields.map((name): [string, string] => [name, name === field ? text : rightText(name)]);
      const form = values.map(([name, value]) => `${name}=${value}`).join('&');
      yield { method, path, headers: FORM_TYPE, body: form };
      yield { method, path, headers: JSON_TYPE, body: JSON.stringify(Object.fromEntries(values)) };
    }
  }
  const line = encodeURI(text.toWellFormed()).slice(0, 15_000);
  yield { path: '/profile', headers: { cookie: `session_id=${line}` } };
  yield { path: '/profile', headers: { authorization: `Bearer ${line}` } };
  yield { path: '/graphql?query={profile{id}}', headers: { accept: `application/json;q=0.${line}` } };
  yield { method: 'POST', path: '/users', headers: { 'content-type': `application/json;charset=${line}` }, body: '{}' };
  yield { path: `/profile?${line}` };
  yield { method: 'POST', path: '/graphql', headers: JSON_TYPE, body: JSON.stringify({ query: `{ ${text} }` }) };
}

describe('a server that receives 90 KB strings that are expensive to parse', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    await server.browser().send(REGISTER, { ...ada });
  });
  afterAll(() => server.close());

  /** The longest response time of another client while this request is pending. */
  async function stallOf(rawRequest: RawRequest): Promise<number> {
    let longest = 0;
    let completed = false;
    const pending = request(server.url, rawRequest).finally(() => {
      completed = true;
    });
    while (!completed) {
      const started = performance.now();
      await request(server.url, { path: '/livez' });
      longest = Math.max(longest, performance.now() - started);
    }
    // A request that is rejected unread causes no stall.
    expect((await pending).status).not.toBe(413);
    return longest;
  }

  /** A stall caused by the request recurs; one caused by the machine does not. */
  async function leastStallOf(rawRequest: RawRequest): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let time = 0; time < TRIES && least >= MAX_STALL_MS; time++)
      least = Math.min(least, await stallOf(rawRequest));
    return least;
  }

  it.each(Object.entries(SLOW))('IN-2: keeps responding to other clients meanwhile: %s', async (_, text) => {
    for (const rawRequest of requestsWith(text)) expect(await leastStallOf(rawRequest)).toBeLessThan(MAX_STALL_MS);
  });
});
