import type { IncomingMessage } from 'node:http';
import { HttpError } from '../request/error-response.ts';

/**
 * Refuses what Node accepts and HTTP forbids (RFC 9112, 2.6 and 3.2). A proxy in front may parse it differently, which
 * makes request smuggling possible.
 */
export function checkRequestLine({ httpVersion, rawHeaders }: IncomingMessage): void {
  const close = { connection: 'close' };
  if (!httpVersion.startsWith('1.')) throw new HttpError(505, 'Send HTTP/1.1.', close);
  const hosts = rawHeaders.filter(isHost).length;
  if (hosts > 1 || (hosts === 0 && httpVersion !== '1.0'))
    throw new HttpError(400, 'Send exactly one Host header.', close);
}

/** rawHeaders alternates names and values. */
const isHost = (text: string, index: number) => index % 2 === 0 && text.length === 4 && text.toLowerCase() === 'host';

/** Splits the request target into path and query string. Of a target in absolute form only the path counts. */
export function splitTarget(url: string): { path: string; search: string } {
  const target = url.startsWith('/') ? url : (URL.parse(url)?.href.replace(/^[a-z]+:\/\/[^/]*/, '') ?? '');
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, search: '' } : { path: target.slice(0, mark), search: target.slice(mark) };
}
