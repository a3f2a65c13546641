import { request as open } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { startApp, type TestApp } from '../support/app.ts';
import { type RawRequest, request } from '../support/raw.ts';

const QUERY = JSON.stringify({ query: '{ profile { id } }' });
const nested = (levels: number): unknown => (levels === 0 ? 1 : { x: nested(levels - 1) });
const NOT_JSON = 'The body is not JSON.';
const TOO_DEEP = 'The JSON is nested deeper than 20 levels.';

describe('a body', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(() => {
    app.lines.length = 0;
  });
  afterAll(() => app.close());

  const send = (body: string | Buffer, headers: RawRequest['headers'] = {}) =>
    request(app.url, {
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it.each([
    ['not JSON', '{"query": "{ profile', NOT_JSON],
    ['no bytes', '', NOT_JSON],
    ['50,000 brackets', '['.repeat(50_000), NOT_JSON],
    ['50,000 brackets that close', '['.repeat(50_000) + ']'.repeat(50_000), TOO_DEEP],
    ['21 levels', JSON.stringify({ query: '{ profile { id } }', extensions: nested(20) }), TOO_DEEP],
    [
      'not UTF-8',
      Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
      'The body is not UTF-8.',
    ],
    ['a word', '"query"', expect.any(String)],
    ['null', 'null', expect.any(String)],
    ['a list of operations', `[${QUERY}]`, expect.any(String)],
    ['a query that is a number', '{"query": 5}', expect.any(String)],
    ['variables that are a string', '{"query": "{ profile { id } }", "variables": "{}"}', expect.any(String)],
    ['variables that are a list', '{"query": "{ profile { id } }", "variables": []}', expect.any(String)],
  ])('GQ-2: of %s receives 400 as JSON and causes one short log line', async (_, body, message) => {
    const { status, json } = await send(body);

    expect(status).toBe(400);
    expect(json).toEqual({ errors: [{ message, extensions: { code: 'BAD_REQUEST', requestId: expect.any(String) } }] });
    expect(app.lines).toHaveLength(1);
    expect(app.lines[0]?.length).toBeLessThan(400);
  });

  it('GQ-2: of 20 levels is accepted', async () => {
    const body = JSON.stringify({ query: '{ profile { id } }', extensions: nested(19) });

    expect((await send(body)).json).toEqual({ data: { profile: null } });
  });

  it.each([
    '{ a '.repeat(20_000) + '}'.repeat(20_000),
    `{ profile(x: ${'['.repeat(40_000)}${']'.repeat(40_000)}) { id } }`,
  ])('GQ-2: with an extremely nested document is a client error, not a server error', async query => {
    const { status, json } = await send(JSON.stringify({ query }));

    expect(status).toBe(400);
    expect(json.errors[0].extensions.code).toMatch(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/);
    expect(app.lines.filter(line => line.includes('"level":"error"'))).toEqual([]);
  });

  it.each(['utf-16', 'utf-32', 'iso-8859-1', '"x"'])('is refused in %s', async charset => {
    const { status } = await send(QUERY, { 'content-type': `application/json; charset=${charset}` });

    expect(status).toBe(415);
  });

  it.each(['application/json; charset="UTF-8"', 'Application/JSON;charset=utf8', 'application/json; x=y'])(
    'is accepted as %s',
    async type => {
      expect((await send(QUERY, { 'content-type': type })).json).toEqual({ data: { profile: null } });
    },
  );

  it('that the client aborts causes one log line and no error', async () => {
    const { hostname, port } = new URL(app.url);
    const headers = { 'content-type': 'application/json', 'content-length': 1000, expect: '100-continue' };
    const req = open({ hostname, port, method: 'POST', path: '/graphql', headers });
    req.on('continue', () => req.destroy());
    req.on('error', () => {});
    req.flushHeaders();

    while (app.lines.length === 0) await turn();

    expect(app.lines.map(line => JSON.parse(line))).toMatchObject([{ level: 'info', msg: 'client disconnected' }]);
    expect((await send(QUERY)).status).toBe(200);
  });
});
