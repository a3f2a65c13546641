import { ada } from '../support/app.ts';
import { EVERY_OPERATION, EVERY_ROUTE, rightText, sendRoute, valuesOf } from '../support/every-operation.ts';
import { INTERNALS } from '../support/hostile-values.ts';
import { post } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe.each([undefined, 'production'])('with NODE_ENV %s', mode => {
  let server: TestServer;
  let cookie: string;
  beforeAll(async () => {
    server = await startServer({ ...(mode && { NODE_ENV: mode }), LOG_LEVEL: 'trace', BIENVENUE_PLAYGROUND: 'off' });
    const browser = server.browser();
    await browser.form('POST', '/users', { email: ada.email, password: ada.password });
    await browser.form('POST', '/sessions', { email: ada.email, password: ada.password });
    cookie = `session_id=${browser.cookies.session_id}`;
    await server.database.renameTables();
  });
  afterAll(() => server.close());

  it('GQ-6: no response contains the cause of a failure', async () => {
    const requests = EVERY_OPERATION.flatMap(operation =>
      [{ cookie }, {}].map(headers =>
        post(server.url, operation.query, { variables: valuesOf(operation, rightText), headers }),
      ),
    );
    const responses = await Promise.all([
      ...requests,
      ...EVERY_ROUTE.map(route => sendRoute(server.url, route, { text: rightText, headers: { cookie } })),
    ]);

    expect(responses.filter(({ text }) => text.includes('Something went wrong on our side.')).length).toBeGreaterThan(
      15,
    );
    expect(responses.map(({ text }) => text).filter(text => INTERNALS.test(text))).toEqual([]);
    expect(server.stderr).toBe('');
  });

  it.each([
    '{ profile ',
    '{ profle { id } }',
    '{ __schema { types { name } } }',
    'query A { profile { id } } query A { x }',
  ])('GQ-6: the error of %s contains no implementation details', async query => {
    const { status, text } = await post(server.url, query);

    expect(status).toBe(400);
    expect(text).not.toMatch(INTERNALS);
    expect(text).not.toMatch(/did you mean|stacktrace/i);
  });
});
