import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { json, text } from 'node:stream/consumers';

/** An operation that the server has begun to read, and that goes on only when it is told to. */
export class HeldRequest {
  /** Resolves once the server has said that it waits for the body. */
  readonly begun: Promise<unknown>;
  private readonly body: string;
  private readonly request: ClientRequest;
  private readonly response: Promise<IncomingMessage>;

  /** By default over a connection that the client would use again. */
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
    // Who never asks for the answer need not hear that there was none.
    this.response.catch(() => {});
    this.request.flushHeaders();
  }

  /** Sends the rest, and gives the answer. Rejects when the server has hung up. */
  async finish(): Promise<{ status?: number; body: unknown }> {
    this.request.end(this.body);
    const response = await this.response;
    return { status: response.statusCode, body: await json(response) };
  }
}

/** A request whose last line is still missing: the server has it in hand, and does not know yet what to answer. */
export class HalfSaid {
  private constructor(
    private readonly socket: Socket,
    private readonly answer: Promise<string>,
  ) {}

  static async begin(url: string, path: string): Promise<HalfSaid> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n`);
    return new HalfSaid(socket, text(socket));
  }

  /** Says the rest, and gives the status of the answer. */
  async finish(): Promise<number> {
    this.socket.write('\r\n');
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await this.answer)?.[1]);
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

  /** Sends it, and gives the answer: the status and what was said. */
  async release(): Promise<{ status: number; body: string }> {
    this.socket.write(this.byte);
    const answer = await text(this.socket);
    const [head = '', ...body] = answer.split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), body: body.join('\r\n\r\n') };
  }
}
