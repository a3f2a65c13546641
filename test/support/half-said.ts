import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

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
