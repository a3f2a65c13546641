import { ada, REGISTER } from '../support/app.ts';
import { EVERY_OPERATION, EVERY_ROUTE, valuesOf } from '../support/everything.ts';
import { SLOW } from '../support/naughty.ts';
import { request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Four times what the promise says: the machine that measures has other work. */
const LONGEST_STALL = 200;
const TRIES = 3;

/** Every request with one text in it, as it is sent. */
function* requestsWith(text: string) {
  for (const operation of EVERY_OPERATION.filter(({ args }) => args.length > 0)) {
    const variables = valuesOf(operation, () => text);
    const body = JSON.stringify({ query: operation.query, variables });
    yield { method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json' }, body };
  }
  for (const { method, path, fields } of EVERY_ROUTE.filter(route => route.fields.length > 0)) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    yield { method, path, headers, body: fields.map(name => `${name}=${text}`).join('&') };
    const body = JSON.stringify(Object.fromEntries(fields.map(name => [name, text])));
    yield { method, path, headers: { 'content-type': 'application/json' }, body };
  }
  yield { path: '/profile', headers: { cookie: `session_id=${encodeURI(text.toWellFormed()).slice(0, 15_000)}` } };
  yield { path: '/profile', headers: { authorization: `Bearer${' '.repeat(15_000)}x y` } };
  yield { path: '/graphql', headers: { accept: 'application/json;q=0.'.padEnd(15_000, '1'), origin: 'x'.repeat(900) } };
}

describe('a server that is sent 90 KB of what a careless program chokes on', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    await server.browser().send(REGISTER, { ...ada });
  });
  afterAll(() => server.close());

  /** How long somebody else waits meanwhile. A stall that is the request's fault comes again, any other does not. */
  async function stallOf(ask: Parameters<typeof request>[1]): Promise<number> {
    const waits: number[] = [];
    for (let time = 0; time < TRIES && (waits.at(-1) ?? LONGEST_STALL) >= LONGEST_STALL; time++) {
      const asked = request(server.url, ask);
      const started = performance.now();
      await request(server.url, { path: '/livez' });
      waits.push(performance.now() - started);
      await asked;
    }
    return Math.min(...waits);
  }

  it.each(Object.entries(SLOW))('IN-2: answers everybody else meanwhile: %s', async (_, text) => {
    for (const ask of requestsWith(text)) expect(await stallOf(ask)).toBeLessThan(LONGEST_STALL);
  });
});
