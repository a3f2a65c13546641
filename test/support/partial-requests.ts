import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { json, text } from 'node:stream/consumers';

/** An operation whose headers the server has, and whose body is sent by `finish`. */
export class HeldRequest {
  /** Resolves when the server asks for the body (100 Continue). */
  readonly begun: Promise<unknown>;
  private readonly body: string;
  private readonly request: ClientRequest;
  private readonly response: Promise<IncomingMessage>;

  /** By default over a connection that is kept alive. */
  constructor(url: string, query: string, variables: object, agent = new Agent({ keepAlive: true })) {
    this.body = JSON.stringify({ query, variables });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(this.body),
      expect: '100-continue',
    };
    this.request = request(`${url}/graphql`, { method: 'POST', agent, headers });
    this.begun = once(this.request, 'continue');
    this.response = once(this.request, 'response').then(([response]) => response);
    // A test that never calls finish() is not failed by the end of the connection.
    this.response.catch(() => {});
    this.request.flushHeaders();
  }

  /** Sends the body and returns the response. Rejects when the server has closed the connection. */
  async finish(): Promise<{ status?: number; body: unknown }> {
    this.request.end(this.body);
    const response = await this.response;
    return { status: response.statusCode, body: await json(response) };
  }
}

/** A GET without the empty line that ends its headers. */
export class PartialRequest {
  private constructor(
    private readonly socket: Socket,
    private readonly response: Promise<string>,
  ) {}

  static async begin(url: string, path: string): Promise<PartialRequest> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n`);
    return new PartialRequest(socket, text(socket));
  }

  /** Sends the rest and returns the status of the response. */
  async finish(): Promise<number> {
    this.socket.write('\r\n');
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await this.response)?.[1]);
  }
}

/** An operation of which the server has everything but the last byte. */
export class LastByte {
  private constructor(
    private readonly socket: Socket,
    private readonly byte: string,
  ) {}

  static async hold(url: string, query: string, variables: object): Promise<LastByte> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const body = JSON.stringify({ query, variables });
    const head = [
      'POST /graphql HTTP/1.1',
      `host: ${hostname}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.setNoDelay();
    await new Promise(written => socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, -1)}`, written));
    return new LastByte(socket, body.slice(-1));
  }

  /** Sends the byte and returns the status and body of the response. */
  async release(): Promise<{ status: number; body: string }> {
    this.socket.write(this.byte);
    const response = await text(this.socket);
    const [head = '', ...body] = response.split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), body: body.join('\r\n\r\n') };
  }
}
