import { connect, type Socket } from 'node:net';
import type { RawRequest } from './raw-request.ts';

export interface RawResponse {
  status: number;
  /** The expected content, not only status 200. */
  correct: boolean;
  retryAfter: number;
  /** The server closes the connection. */
  closes: boolean;
  /** Milliseconds from the last byte out to the last byte in. */
  ms: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/**
 * A keep-alive connection with one request at a time. It parses no more of a response than necessary: Node's own client
 * would use more time than the servers under test.
 */
export class Connection {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private began = 0;
  private request?: RawRequest;
  private onResponse?: (response: RawResponse) => void;

  /** `retired` is called when the server closes the connection while it is idle. */
  constructor(url: string, failed: (error: Error) => void, retired: () => void) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on('data', data => this.receive(data));
    this.socket.on('error', failed);
    this.socket.on('end', () => (this.onResponse ? failed(new Error('a server closed a connection')) : retired()));
  }

  /** Takes a callback instead of returning a promise: this is the inner loop. */
  send(request: RawRequest, onResponse: (response: RawResponse) => void): void {
    this.request = request;
    this.onResponse = onResponse;
    this.socket.write(request.text, 'latin1');
    this.began = performance.now();
  }

  close(): void {
    this.socket.removeAllListeners('end').destroy();
  }

  private receive(data: Buffer): void {
    this.received = this.received.length === 0 ? data : Buffer.concat([this.received, data]);
    const head = this.received.indexOf(HEAD_END);
    if (head < 0) return;
    const text = this.received.toString('latin1', 0, head).toLowerCase();
    if (!this.isWhole(text, head + HEAD_END.length)) return;

    const { received, request, onResponse } = this;
    this.received = Buffer.alloc(0);
    this.onResponse = undefined;
    const status = Number(text.slice(9, 12));
    onResponse?.({
      status,
      correct: status === 200 && received.includes(request?.expect ?? ''),
      retryAfter: status === 503 ? Number(/retry-after: (\d+)/.exec(text)?.[1] ?? 1) : 0,
      closes: text.includes('\r\nconnection: close'),
      ms: performance.now() - this.began,
    });
  }

  private isWhole(head: string, bodyAt: number): boolean {
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    if (length !== undefined) return this.received.length >= bodyAt + Number(length);
    // Starts at the line break before the body: the last chunk may be the first.
    return this.received.subarray(bodyAt - 2).indexOf(LAST_CHUNK) >= 0;
  }
}
