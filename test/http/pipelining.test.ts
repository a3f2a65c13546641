import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { ada, bob, type Person, REGISTER, startApp, type TestApp } from '../support/app.ts';
import { HeldHasher } from '../support/hasher.ts';

describe('a client that pipelines requests', () => {
  let app: TestApp;
  let hasher: HeldHasher;
  let client: Socket;
  let responses: Promise<string>;
  let stopped: Promise<void> | undefined;
  beforeEach(async () => {
    stopped = undefined;
    hasher = new HeldHasher(4, 2);
    app = await startApp({ ports: { hasher }, env: { BIENVENUE_RATE_LIMITS: 'off' } });
    client = await connected();
    responses = text(client);
    client.write(registering(ada) + registering(bob));
    await hasher.allHeld;
  });
  afterEach(async () => {
    hasher.release();
    await stop();
  });

  const stop = () => {
    stopped ??= app.close();
    return stopped;
  };

  const connected = async () => {
    const socket = connect(Number(new URL(app.url).port), 'localhost');
    await once(socket, 'connect');
    return socket;
  };
  const heads = async () => [...(await responses).matchAll(/HTTP\/1\.1 (\d+).*?\r\n\r\n/gs)];
  const closing = async () => (await heads()).map(([head]) => /^connection: close\r$/im.test(head));
  const statuses = async () => (await heads()).map(([, status]) => status);

  it('receives the responses in the order of the requests', async () => {
    hasher.release();
    client.write('GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');

    expect(await statuses()).toEqual(['200', '200', '200']);
    expect((await responses).indexOf(ada.email)).toBeLessThan((await responses).indexOf(bob.email));
  });

  it('RE-11: receives all responses from a server that stops, the last one with Connection: close', async () => {
    const end = stop();
    hasher.release();

    expect(await closing()).toEqual([false, true]);
    expect(await statuses()).toEqual(['200', '200']);
    await end;
  });

  it('RE-11: receives no response to requests after Connection: close from a server that stops', async () => {
    const other = await connected();
    const end = stop();
    client.write('GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    other.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
    // Requests that were written before have been read by then.
    await text(other);
    hasher.release();

    expect(await statuses()).toEqual(['200', '200']);
    await end;
    expect(app.lines.filter(line => line.includes('/readyz'))).toEqual([]);
  });
});

function registering(person: Person): string {
  const body = JSON.stringify({ query: REGISTER, variables: person });
  const head = ['POST /graphql HTTP/1.1', 'host: localhost', 'content-type: application/json'];
  return `${[...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
}
