import { readFileSync } from 'node:fs';
import type { ApolloClient } from '@apollo/client';
import { buildSchema, type GraphQLEnumType } from 'graphql';
import { LoginDocument, ProfileDocument, RegisterDocument, SessionsDocument } from '../../schema/documents.ts';
import { type AuthErrorInfo, authError, createAuthClient } from '../../src/client/index.ts';
import { ada, startApp, type TestApp } from '../support/app.ts';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const CODES = (schema.getType('ErrorCode') as GraphQLEnumType).getValues().map(({ name }) => name);

/** The error of a login that gets this response. */
async function errorOf(body: string | Error, init: ResponseInit = {}): Promise<AuthErrorInfo> {
  const respond = async () => {
    if (typeof body !== 'string') throw body;
    return new Response(body, init);
  };
  const client = createAuthClient({ uri: 'http://localhost/graphql', fetch: respond, wait: async () => {} });
  return client.mutate({ mutation: LoginDocument, variables: ada }).then(() => {
    throw new Error('the login succeeded');
  }, authError);
}

const graphql = (extensions: object, message = 'A sentence.') =>
  JSON.stringify({ errors: [{ message, extensions }], data: null });
const JSON_TYPE = { 'content-type': 'application/json' };
const GRAPHQL_TYPE = { 'content-type': 'application/graphql-response+json' };

describe('authError', () => {
  it('knows all codes of the schema', () => expect(CODES).toHaveLength(13));

  it.each(CODES)('reads %s with status 200, and with an error status in both media types', async code => {
    const body = graphql({ code, requestId: 'r1' });
    const expected = { code, message: 'A sentence.', fields: [], requestId: 'r1' };

    expect(await errorOf(body, { headers: JSON_TYPE })).toEqual(expected);
    expect(await errorOf(body, { status: 503, headers: JSON_TYPE })).toEqual(expected);
    expect(await errorOf(body, { status: 503, headers: GRAPHQL_TYPE })).toEqual(expected);
  });

  it('reads the rejected arguments, also with a rule of a newer server', async () => {
    const fields = [
      { field: 'email', rule: 'INVALID', message: 'No address.' },
      { field: 'password', rule: 'TOO_RHYMING', message: 'It rhymes.' },
    ];
    expect(await errorOf(graphql({ code: 'BAD_USER_INPUT', fields }))).toMatchObject({ fields });
  });

  it('keeps an unknown code of a newer server readable', async () => {
    const error = await errorOf(graphql({ code: 'TOTP_REQUIRED' }, 'Please enter the code of your app.'));
    expect(error).toEqual({
      code: 'UNKNOWN',
      rawCode: 'TOTP_REQUIRED',
      message: 'Please enter the code of your app.',
      fields: [],
    });
  });

  it.each(['NETWORK_ERROR', 'UNKNOWN', 'toString'])('does not take %s from a server for a code', async code => {
    expect(await errorOf(graphql({ code }))).toMatchObject({ code: 'UNKNOWN', rawCode: code });
  });

  it.each([
    ['a request without a response', new TypeError('Failed to fetch')],
    ['an aborted request', new DOMException('The operation was aborted.', 'AbortError')],
    ['a request that took too long', new DOMException('The operation timed out.', 'TimeoutError')],
  ])('calls %s NETWORK_ERROR', async (_, error) => {
    expect(await errorOf(error)).toEqual({
      code: 'NETWORK_ERROR',
      message: expect.stringContaining('connection'),
      fields: [],
    });
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'UNKNOWN'],
    [413, 'UNKNOWN'],
    [429, 'RATE_LIMITED'],
    [500, 'INTERNAL_SERVER_ERROR'],
    [502, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
    [504, 'UNAVAILABLE'],
  ])('judges a response without GraphQL body by its status: %d is %s', async (status, code) => {
    const headers = { 'content-type': 'text/html', 'retry-after': '30', 'x-request-id': 'r2' };
    for (const body of ['<h1>Sorry</h1>', '', 'null', '{"errors":{}}', '{"errors":[]}']) {
      const error = await errorOf(body, { status, headers });
      expect(error).toMatchObject({ code, fields: [], retryAfter: 30, requestId: 'r2' });
      expect(error.message).not.toMatch(/status|JSON|undefined|^$/i);
    }
  });

  it.each(['<!doctype html><p>Sign in to the Wi-Fi</p>', '', '{"data"', '{}', '42'])(
    'calls a successful response UNKNOWN that is none: %s',
    async body => expect(await errorOf(body)).toMatchObject({ code: 'UNKNOWN', fields: [] }),
  );

  const malformed = [
    '{"errors":[null]}',
    '{"errors":[5]}',
    '{"errors":{}}',
    '{"errors":"x"}',
    '{"errors":[{"message":{},"extensions":null}]}',
    '{"errors":[{"message":"","extensions":"x"}]}',
    '{"errors":[{"extensions":{"code":{"toString":1}}}]}',
    '{"errors":[{"extensions":{"fields":[null,3,{"field":5}],"requestId":7}}]}',
    '{"data":null}',
    '{"data":"x"}',
    '{"data":null,"errors":null}',
    '[]',
    '[{"data":{}}]',
  ];
  it.each(malformed)('calls a malformed response UNKNOWN, as the result of a mutation and a query: %s', async body => {
    for (const headers of [JSON_TYPE, GRAPHQL_TYPE]) {
      expect(await errorOf(body, { headers })).toMatchObject({ code: 'UNKNOWN', fields: [] });
      const respond = async () => new Response(body, { headers });
      const query = createAuthClient({ uri: 'http://localhost/graphql', fetch: respond }).query({
        query: ProfileDocument,
      });
      expect(await query.catch(authError)).toMatchObject({ code: 'UNKNOWN', fields: [] });
    }
  });

  it.each(malformed)('judges a malformed response with an error status: %s', async body => {
    for (const headers of [JSON_TYPE, GRAPHQL_TYPE])
      expect((await errorOf(body, { status: 503, headers })).code).toMatch(/^(UNAVAILABLE|UNKNOWN)$/);
  });

  it.each(['-5', '1.5', '1e3', '9'.repeat(400), 'Infinity', 'soon', '2026-01-15'])(
    'takes no time from Retry-After: %s',
    async value => {
      const headers = { date: 'Thu, 15 Jan 2026 12:00:00 GMT', 'retry-after': value };
      expect(await errorOf('', { status: 429, headers })).not.toHaveProperty('retryAfter');
    },
  );

  it.each([-5, null, '5', {}])('takes no time from an error that says %p', async retryAfter =>
    expect(await errorOf(graphql({ code: 'RATE_LIMITED', retryAfter }))).not.toHaveProperty('retryAfter'),
  );

  it('reads a date in Retry-After by the clock of the server', async () => {
    const headers = { date: 'Thu, 15 Jan 2026 12:00:00 GMT', 'retry-after': 'Thu, 15 Jan 2026 12:01:30 GMT' };
    expect(await errorOf('', { status: 429, headers })).toMatchObject({ retryAfter: 90 });
    expect(await errorOf('', { status: 429, headers: { 'retry-after': 'soon' } })).not.toHaveProperty('retryAfter');
  });

  it.each([undefined, null, 'text', 42, {}, new Error('Something of the app')])('describes %p too', thrown => {
    const message = thrown instanceof Error ? thrown.message : 'Something went wrong.';
    expect(authError(thrown)).toEqual({ code: 'UNKNOWN', message, fields: [] });
  });
});

describe('errors of the service', () => {
  let app: TestApp;
  let client: ApolloClient;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
    const browser = app.browser();
    client = createAuthClient({
      uri: '/graphql',
      fetch: ((uri: string, init: RequestInit) => browser.fetch(uri, init)) as typeof fetch,
    });
  });
  afterAll(() => app.close());

  it('have rejected arguments and the id of the request', async () => {
    const variables = { email: 'no address', password: 'short' };
    const error = await client.mutate({ mutation: RegisterDocument, variables }).catch(authError);

    expect(error).toEqual({
      code: 'BAD_USER_INPUT',
      message: 'Please check what you entered.',
      fields: [
        { field: 'email', rule: 'INVALID', message: expect.any(String) },
        { field: 'password', rule: 'TOO_SHORT', message: expect.any(String) },
      ],
      requestId: expect.any(String),
    });
  });

  it('have the seconds to wait', async () => {
    const guess = () =>
      client.mutate({ mutation: LoginDocument, variables: { ...ada, password: 'wrong horse' } }).catch(authError);
    for (let guesses = 0; guesses < 5; guesses++) expect(await guess()).toMatchObject({ code: 'INVALID_CREDENTIALS' });

    expect(await guess()).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
  });

  it('say that a session is needed', async () => {
    await expect(client.query({ query: ProfileDocument })).resolves.toMatchObject({ data: { profile: null } });
    expect(await client.query({ query: SessionsDocument }).catch(authError)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
