import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

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
