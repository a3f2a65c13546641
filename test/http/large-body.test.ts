import { request as open } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { startApp, type TestApp } from '../support/app.ts';
import { type RawRequest, request, sendBytes } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

const LIMIT = 100 * 1024;
const QUERY = JSON.stringify({ query: '{ profile { id } }' });
const TOO_LARGE = { message: 'The body is larger than 100 KB.', extensions: { code: 'BAD_REQUEST' } };

describe('a body', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const send = (body: string | Buffer, headers: RawRequest['headers'] = {}, path = '/graphql') =>
    request(app.url, { method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body });

  /** Sends without Content-Length, so that Node writes each part as a chunk. */
  const stream = (path: string, parts: Iterable<string | Buffer>) =>
    new Promise<{ status?: number; text: string; written: number }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const { hostname, port } = new URL(app.url);
      const req = open({ hostname, port, path, method: 'POST', headers });
      let written = 0;
      let responded = false;
      req.on('error', reject);
      req.on('response', res => {
        let text = '';
        responded = true;
        res.on('data', chunk => (text += chunk));
        res.on('error', reject);
        res.on('end', () => resolve({ status: res.statusCode, text, written }));
      });
      const iterator = parts[Symbol.iterator]();
      const more = () => {
        const { value, done } = iterator.next();
        if (done || responded) return void req.end();
        written += value.length;
        req.write(value, () => setImmediate(more));
      };
      more();
    });

  it.each(['/graphql', '/users'])('GQ-2: of 100 KB is accepted at %s, and one byte more is refused', async path => {
    const most = await send(QUERY.padEnd(LIMIT), {}, path);
    const more = await send(QUERY.padEnd(LIMIT + 1), {}, path);

    expect(most.status).not.toBe(413);
    expect(more.status).toBe(413);
  });

  it('GQ-2: of 100 KB is accepted in chunks, and one byte more is refused', async () => {
    expect(await stream('/graphql', [QUERY.padEnd(LIMIT)])).toMatchObject({ status: 200 });
    const { status, text } = await stream('/graphql', [QUERY.padEnd(LIMIT), ' ']);

    expect(status).toBe(413);
    expect(JSON.parse(text).errors).toEqual([
      { ...TOO_LARGE, extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) },
    ]);
  });

  it.each(['/graphql', '/users'])('GQ-2: is not read past the limit at %s, whatever its length', async path => {
    const part = Buffer.alloc(64 * 1024, ' ');
    const { status, written } = await stream(path, Array<Buffer>(60 * 16).fill(part));

    expect(status).toBe(413);
    // Bytes in the buffers of the two sockets were sent but not read.
    expect(written).toBeLessThan(20 * 1024 * 1024);
  });

  it('GQ-2: with Expect: 100-continue is requested only when its length is within the limit', async () => {
    const announced = ['POST /graphql HTTP/1.1', 'Host: x', 'Connection: close', 'Content-Type: application/json'];
    const head = [...announced, 'Expect: 100-continue', `Content-Length: ${QUERY.length}`].join('\r\n');

    const small = await sendBytes(app.url, `${head}\r\n\r\n${QUERY}`);
    const large = await send('', { expect: '100-continue', 'content-length': LIMIT + 1 });

    expect(small).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
    expect(large.status).toBe(413);
  });

  it.each([
    ['gzip', gzipSync(QUERY)],
    ['x-gzip', gzipSync(QUERY)],
    ['deflate', deflateSync(QUERY)],
    ['br', brotliCompressSync(QUERY)],
    ['gzip, gzip', gzipSync(gzipSync(QUERY))],
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
  ])('GQ-2: compressed with %s is refused without decompression', async (encoding, body) => {
    const { status, headers, json } = await send(body, { 'content-encoding': encoding });

    expect(status).toBe(415);
    expect(headers['accept-encoding']).toBe('identity');
    expect(json.errors[0]).toMatchObject({ message: 'Send the body without compression.' });
  });
});

describe('a body of 1 MB that is sent at once', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it.each([
    ['with a length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('GQ-2: receives 413 %s instead of a broken connection', async (_, headers) => {
    // Small enough for the second that the client may go on sending, also on a busy machine.
    const body = Buffer.alloc(1_000_000, ' ');
    const send = () =>
      request(server.url, {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });

    for (let round = 0; round < 10; round++) expect(await send()).toMatchObject({ status: 413 });
  });
});
