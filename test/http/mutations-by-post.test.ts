import { ada, type Browser, startApp, type TestApp } from '../support/app.ts';
import { type RawRequest, request } from '../support/raw.ts';

const MUTATION = `mutation { logout requestPasswordReset(email: "${ada.email}") }`;
const JSON_BODY = JSON.stringify({ query: MUTATION });
const FORM_BODY = new URLSearchParams({ query: MUTATION }).toString();
const BY_GET = `/graphql?query=${encodeURIComponent(MUTATION)}`;
const MULTIPART = `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${MUTATION}\r\n--x--\r\n`;
/** A header that pages of other sites cannot send, which Apollo requires for a GET. */
const PREFLIGHTED = { 'apollo-require-preflight': '1' };

const typed = (type: string, body = JSON_BODY): RawRequest => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': type },
  body,
});
const bodyBy = (method: string): RawRequest => ({ ...typed('application/json'), method });
const byGet = (headers: RawRequest['headers'], method = 'GET'): RawRequest => ({ method, path: BY_GET, headers });

describe('a mutation', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startApp();
    browser = await app.register(ada);
  });
  afterAll(() => app.close());

  const send = ({ headers, ...rest }: RawRequest) =>
    request(app.url, { ...rest, headers: { cookie: `session_id=${browser.cookies.session_id}`, ...headers } });

  it.each<[string, RawRequest]>([
    ['POST without a content type', { method: 'POST', path: '/graphql', body: JSON_BODY }],
    ['POST with an empty content type', typed('')],
    ['POST of text/plain', typed('text/plain')],
    ['POST of text/plain with a charset', typed('text/plain; charset=utf-8')],
    ['POST of text/plain that names JSON as a parameter', typed('text/plain; application/json')],
    ['POST of two types at once', typed('text/plain, application/json')],
    ['POST of a form', typed('application/x-www-form-urlencoded', FORM_BODY)],
    ['POST of JSON called a form', typed('application/x-www-form-urlencoded')],
    ['POST of multipart/form-data', typed('multipart/form-data; boundary=x', MULTIPART)],
    ['POST of application/graphql', typed('application/graphql', MUTATION)],
    ['POST of message/rfc822', typed('message/rfc822')],
    ['POST of application/xml', typed('application/xml')],
    ['POST of application/json5', typed('application/json5')],
    ['POST of JSON in UTF-16', typed('application/json; charset=utf-16')],
    ['POST with the mutation in the URL', { ...typed('application/json', '{}'), path: BY_GET }],
    ['GET', byGet({})],
    ['GET with the preflight header', byGet(PREFLIGHTED)],
    ['GET of application/json', byGet({ 'content-type': 'application/json' })],
    ['GET of message/rfc822', byGet({ ...PREFLIGHTED, 'content-type': 'message/rfc822' })],
    ['GET with a method override to POST', byGet({ ...PREFLIGHTED, 'x-http-method-override': 'POST' })],
    ['HEAD', byGet(PREFLIGHTED, 'HEAD')],
    ['PUT', bodyBy('PUT')],
    ['PATCH', bodyBy('PATCH')],
    ['DELETE', bodyBy('DELETE')],
  ])('CS-1: is refused before execution by %s', async (_, attempt) => {
    const { status } = await send(attempt);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await app.rows('select id from sessions')).toHaveLength(1);
    expect(await app.mails()).toEqual([]);
  });

  it('CS-1: is executed by POST of application/json', async () => {
    const { json } = await send(typed('application/json; charset=UTF-8'));

    expect(json).toEqual({ data: { logout: true, requestPasswordReset: true } });
    expect(await app.rows('select id from sessions')).toEqual([]);
    expect(await app.mails()).toHaveLength(1);
  });
});
