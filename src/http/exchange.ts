import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECOND } from '../core/clock.ts';
import type { LogFields } from '../core/log.ts';
import { HttpError } from '../request/error-response.ts';

/** One request and its answer, on their way through the server. */
export interface HttpExchange {
  req: IncomingMessage;
  res: ServerResponse;
  path: string;
  /** With its question mark, or empty. */
  search: string;
  requestId: string;
  /** What the log line of this request will say, filled in as it becomes known. */
  line: LogFields;
}

/** One surface: it answers, or throws. */
export type Handler = (exchange: HttpExchange) => Promise<void> | void;

/** No body that this service understands is larger. */
export const LARGEST_BODY = 100 * 1024;

export const wantsHtml = ({ req }: HttpExchange): boolean => req.headers.accept?.includes('text/html') ?? false;

export function send({ res }: HttpExchange, status: number, type: string, body: string | Buffer): void {
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}

export function sendJson(exchange: HttpExchange, status: number, value: unknown): void {
  send(exchange, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** Closes the connection once this answer is given, also when its head is out already. */
export function closeAfter(res: ServerResponse): void {
  if (!res.shouldKeepAlive) return;
  res.shouldKeepAlive = false;
  const { socket } = res.req;
  res.once('close', () => socket.destroySoon());
}

export const sendHtml = (exchange: HttpExchange, html: string): void =>
  send(exchange, 200, 'text/html; charset=utf-8', html);

/** Lets only these methods through. */
export function allowMethods({ req }: HttpExchange, ...methods: string[]): void {
  if (!methods.includes(req.method ?? '')) {
    throw new HttpError(405, 'This address does not know that method.', { allow: methods.join(', ') });
  }
}

export interface ContentType {
  type: string;
  charset?: string;
}

const JSON_CONTENT: ContentType = { type: 'application/json' };

/** The media type, and the charset where one is named. */
export function contentType({ req }: HttpExchange): ContentType {
  if (req.headers['content-type'] === JSON_CONTENT.type) return JSON_CONTENT;
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.find(parameter => parameter.trim().startsWith('charset='));
  return { type: type.trim(), charset: charset?.split('=')[1]?.trim().replaceAll('"', '') };
}

/** The whole body as text. What is too large, compressed or not UTF-8 is refused, without reading the rest of it. */
export async function readBody({ req }: HttpExchange, { charset = 'utf-8' }: ContentType): Promise<string> {
  if (charset !== 'utf-8' && charset !== 'utf8') throw new HttpError(415, 'Send the body in UTF-8.');
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpError(415, 'Send the body without compression.', { 'accept-encoding': 'identity' });
  }
  if (Number(req.headers['content-length'] ?? 0) > LARGEST_BODY) throw tooLarge(req);

  const body = await collect(req);
  if (!isUtf8(body)) throw new HttpError(400, 'The body is not UTF-8.');
  return body.toString('utf8');
}

/** How long a client may go on sending what nobody reads: to cut it off at once would lose the answer on its way. */
const LINGER = SECOND;

function tooLarge(req: IncomingMessage): HttpError {
  const timer = setTimeout(() => req.destroy(), LINGER).unref();
  req.once('close', () => clearTimeout(timer));
  req.resume();
  return new HttpError(413, `The body is larger than ${LARGEST_BODY / 1024} KB.`);
}

function collect(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
      else {
        req.removeAllListeners('data');
        reject(tooLarge(req));
      }
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.on('error', () => reject(new HttpError(400, 'The body ended too soon.')));
  });
}

const DEEPEST_JSON = 20;

/** Parses JSON, no deeper than anything here needs. Of a key that stands twice the last one counts. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The body is not JSON.');
  }
  if (isDeeper(value, DEEPEST_JSON)) throw new HttpError(400, `The JSON is nested deeper than ${DEEPEST_JSON} levels.`);
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const part of Object.values(value)) if (isDeeper(part, levels - 1)) return true;
  return false;
}
