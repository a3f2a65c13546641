import { ada, REGISTER } from '../support/app.ts';
import { EVERY_OPERATION, EVERY_ROUTE, rightText, valuesOf } from '../support/every-operation.ts';
import { SLOW } from '../support/hostile-values.ts';
import { type RawRequest, request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Four times what the promise says: the machine that measures has other work. */
const LONGEST_STALL = 200;
const TRIES = 3;

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

/** Every request that there is with this text in one of its places: in two of them it would be too large to be read. */
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

describe('a server that is sent 90 KB of what a careless program chokes on', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    await server.browser().send(REGISTER, { ...ada });
  });
  afterAll(() => server.close());

  /** The longest that somebody else waits for an answer while this request has none. */
  async function stallOf(ask: RawRequest): Promise<number> {
    let waits = 0;
    let answered = false;
    const asked = request(server.url, ask).finally(() => {
      answered = true;
    });
    while (!answered) {
      const started = performance.now();
      await request(server.url, { path: '/livez' });
      waits = Math.max(waits, performance.now() - started);
    }
    // What is not read at all stalls nobody.
    expect((await asked).status).not.toBe(413);
    return waits;
  }

  /** A stall that is the request's fault comes again, any other does not. */
  async function leastStallOf(ask: RawRequest): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let time = 0; time < TRIES && least >= LONGEST_STALL; time++) least = Math.min(least, await stallOf(ask));
    return least;
  }

  it.each(Object.entries(SLOW))('IN-2: answers everybody else meanwhile: %s', async (_, text) => {
    for (const ask of requestsWith(text)) expect(await leastStallOf(ask)).toBeLessThan(LONGEST_STALL);
  });
});
