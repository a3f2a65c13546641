import { connect } from 'node:net';

/** One thing more on a connection: a server that has read all before it says so, and closes. */
export const LAST = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

export interface Volley {
  requests: Buffer[];
  /** All that came back, byte by byte. */
  answer: string;
}

/**
 * Writes requests in one go over one connection, and reads until it is closed. Where one of them promises more than it
 * sends, the server waits for the rest: after `patience` milliseconds without a byte there will be none.
 */
export function sendVolley(url: string, requests: Buffer[], patience: number): Promise<Volley> {
  return new Promise(resolve => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.concat([...requests, Buffer.from(LAST)])));
    const chunks: Buffer[] = [];
    socket.setTimeout(patience, () => socket.destroy());
    socket.on('data', chunk => chunks.push(chunk));
    // A server that hangs up while we still write is within its rights.
    socket.on('error', () => {});
    socket.on('close', () => resolve({ requests, answer: Buffer.concat(chunks).toString('latin1') }));
  });
}
