import { ada, type Browser, LOGOUT, PROFILE, startApp, type TestApp } from '../support/app.ts';
import { LAST, sendBytes } from '../support/raw.ts';

const BODY = JSON.stringify({ query: LOGOUT });
const LENGTH = `Content-Length: ${BODY.length}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const chunk = (size: string) => `${size}\r\n${BODY}\r\n0\r\n\r\n`;
const SIZE = BODY.length.toString(16);

/** Headers and body with an ambiguous end of the body or of a header. */
const TWO_ENDS: [string, string[], string][] = [
  ['a length and chunks', [LENGTH, CHUNKED], chunk(SIZE)],
  ['chunks and a length', [CHUNKED, LENGTH], chunk(SIZE)],
  ['two lengths', [LENGTH, 'Content-Length: 3'], BODY],
  ['the same length twice', [LENGTH, LENGTH], BODY],
  ['a list of lengths', [`${LENGTH}, ${BODY.length}`], BODY],
  ['a negative length', ['Content-Length: -1'], BODY],
  ['a length with a plus', [`Content-Length: +${BODY.length}`], BODY],
  ['a length in hex', [`Content-Length: 0x${SIZE}`], BODY],
  ['a length that is a word', ['Content-Length: many'], BODY],
  ['no length after the colon', ['Content-Length:'], BODY],
  ['a length that is too large', [`Content-Length: ${'9'.repeat(30)}`], BODY],
  ['chunked as the first of two codings', ['Transfer-Encoding: chunked, identity'], chunk(SIZE)],
  ['chunks twice', ['Transfer-Encoding: chunked, chunked'], chunk(SIZE)],
  ['a space before the colon of a coding', ['Transfer-Encoding : chunked'], chunk(SIZE)],
  ['a folded header', [LENGTH, 'X-Folded: one\r\n two'], BODY],
  ['a folded length', [`Content-Length:\r\n ${BODY.length}`], BODY],
  ['a space before the colon', [LENGTH, 'X-Header : x'], BODY],
  ['a header without a name', [LENGTH, ': x'], BODY],
  ['a header without a colon', [LENGTH, 'x'], BODY],
  ['a space in a name', [LENGTH, 'X Header: x'], BODY],
  ['a NUL in a name', [LENGTH, 'X-\0Header: x'], BODY],
  ['a NUL in a value', [LENGTH, 'X-Header: \0'], BODY],
  ['a carriage return in a value', [LENGTH, 'X-Header: x\rX-Other: y'], BODY],
  ['a bare line feed between headers', [`${LENGTH}\nX-Header: x`], BODY],
];

/** Valid headers with a body whose error appears only while it is received. */
const BAD_CHUNKS: [string, string[], string][] = [
  ['an unknown coding', ['Transfer-Encoding: xchunked'], chunk(SIZE)],
  ['a size that is not a number', [CHUNKED], chunk('zz')],
  ['a negative size', [CHUNKED], chunk(`-${SIZE}`)],
  ['a size with 0x', [CHUNKED], chunk(`0x${SIZE}`)],
  ['a size that is too large', [CHUNKED], chunk('f'.repeat(17))],
  ['an empty size', [CHUNKED], chunk('')],
  ['a chunk longer than its size', [CHUNKED], chunk('2')],
  ['a bare line feed after the size', [CHUNKED], `${SIZE}\n${BODY}\r\n0\r\n\r\n`],
  ['a bare carriage return after the size', [CHUNKED], `${SIZE}\r${BODY}\r\n0\r\n\r\n`],
  ['20 KB of chunk extensions', [CHUNKED], chunk(`${SIZE};${'x'.repeat(20_000)}`)],
];

/** Malformed request lines and headers that some HTTP parsers accept. */
const NO_REQUEST: [number, string, string][] = [
  [400, 'an unknown version', 'DELETE /sessions HTTP/1.2\r\nHost: localhost\r\n'],
  [400, 'a version in lower case', 'DELETE /sessions http/1.1\r\nHost: localhost\r\n'],
  [400, 'tabs for spaces', 'DELETE\t/sessions\tHTTP/1.1\r\nHost: localhost\r\n'],
  [400, 'a NUL in the path', 'DELETE /sess\0ions HTTP/1.1\r\nHost: localhost\r\n'],
  [400, 'bare line feeds', 'DELETE /sessions HTTP/1.1\nHost: localhost\n'],
  [400, 'bare carriage returns', 'DELETE /sessions HTTP/1.1\rHost: localhost\r'],
  [400, 'a folded first header', 'DELETE /sessions HTTP/1.1\r\n Host: localhost\r\nHost: localhost\r\n'],
  [431, 'a header of 17 KB', `DELETE /sessions HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n`],
  [431, 'thousands of headers', `DELETE /sessions HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(3000)}`],
  [431, 'a path of 17 KB', `DELETE /sessions?${'x'.repeat(17_000)} HTTP/1.1\r\nHost: localhost\r\n`],
  [400, 'a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\x03\x03\r\n'],
];

/** Requests that can be parsed but must be refused. */
const UNWANTED: [number, string, string][] = [
  [400, 'no host', 'DELETE /sessions HTTP/1.1\r\n'],
  [400, 'two hosts', 'DELETE /sessions HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n'],
  [505, 'version 0.9', 'DELETE /sessions HTTP/0.9\r\nHost: localhost\r\n'],
  [505, 'no version', 'DELETE /sessions\r\nHost: localhost\r\n'],
  [505, 'HTTP/2 without negotiation', 'DELETE /sessions HTTP/2.0\r\nHost: localhost\r\n'],
];

describe('a request that two HTTP parsers could read differently', () => {
  let app: TestApp;
  let browser: Browser;
  let cookie: string;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
  });
  beforeEach(async () => {
    browser = await app.login(ada);
    cookie = `Cookie: session_id=${browser.cookies.session_id}`;
    app.lines.length = 0;
  });
  afterAll(() => app.close());

  const isSignedIn = async () => (await browser.send(PROFILE)).data.profile !== null;

  /** A logout by GraphQL with these headers and this body. */
  const logout = (headers: string[], body: string) =>
    ['POST /graphql HTTP/1.1', 'Host: localhost', cookie, 'Content-Type: application/json', ...headers, '', body].join(
      '\r\n',
    );

  /** The status of each response until the server closes the connection. */
  async function statusesOf(bytes: string): Promise<number[]> {
    const responses = await sendBytes(app.url, bytes);
    return [...responses.matchAll(/(?:^|\})HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
  }

  async function expectNotExecuted(): Promise<void> {
    expect(app.lines.filter(line => /"operation"|livez/.test(line))).toEqual([]);
    expect(await isSignedIn()).toBe(true);
  }

  it.each(TWO_ENDS)('CS-8: is refused and its connection closed: %s', async (_, headers, body) => {
    expect(await statusesOf(logout(headers, body) + LAST)).toEqual([400]);
    await expectNotExecuted();
  });

  it.each(BAD_CHUNKS)('CS-8: receives 400 and its connection is closed: %s', async (_, headers, body) => {
    expect(await statusesOf(logout(headers, body) + LAST)).toEqual([400]);
    await expectNotExecuted();
  });

  it.each(NO_REQUEST)('CS-8: receives %i and its connection is closed: %s', async (status, _, head) => {
    expect(await statusesOf(`${head}${cookie}\r\n\r\n${LAST}`)).toEqual([status]);
    await expectNotExecuted();
  });

  it.each(UNWANTED)(
    'CS-8: receives %i and its connection is closed, although it can be parsed: %s',
    async (status, _, head) => {
      expect(await statusesOf(`${head}${cookie}\r\n\r\n`)).toEqual([status]);
      await expectNotExecuted();
    },
  );

  it('CS-8: receives its response when only the following bytes are malformed, and its connection is closed', async () => {
    expect(await statusesOf(`${logout([LENGTH], BODY)}}}\r\n\r\n${LAST}`)).toEqual([200]);
    expect(await isSignedIn()).toBe(false);
  });

  it.each<[string, string[], string]>([
    ['a length', [LENGTH], BODY],
    ['chunks', [CHUNKED], chunk(SIZE)],
    ['chunks with an extension', [CHUNKED], chunk(`${SIZE};name=value`)],
  ])('CS-8: is executed when it is unambiguous: %s', async (_, headers, body) => {
    expect(await statusesOf(logout(headers, body) + LAST)).toEqual([200, 200]);
    expect(await isSignedIn()).toBe(false);
  });
});
