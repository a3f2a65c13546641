import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { SECOND } from '../core/clock.ts';
import { HttpError } from '../request/error-response.ts';
import type { HttpExchange } from '../request/route.ts';

/** In bytes. */
export const MAX_BODY_SIZE = 100 * 1024;

interface ContentType {
  type: string;
  charset?: string;
}

const JSON_CONTENT: ContentType = { type: 'application/json' };

/** The media type, and the charset if one is named. */
export function contentType({ req }: HttpExchange): ContentType {
  if (req.headers['content-type'] === JSON_CONTENT.type) return JSON_CONTENT;
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.find(parameter => parameter.trim().startsWith('charset='));
  return { type: type.trim(), charset: charset?.split('=')[1]?.trim().replaceAll('"', '') };
}

/**
 * Reads the body as text. A body that is too large, compressed or not UTF-8 is refused without reading the rest of it.
 */
export async function readBody({ req }: HttpExchange, { charset = 'utf-8' }: ContentType): Promise<string> {
  if (charset !== 'utf-8' && charset !== 'utf8') throw new HttpError(415, 'Send the body in UTF-8.');
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpError(415, 'Send the body without compression.', { 'accept-encoding': 'identity' });
  }
  if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_SIZE) throw tooLarge(req);

  const body = await collect(req);
  if (!isUtf8(body)) throw new HttpError(400, 'The body is not UTF-8.');
  return body.toString('utf8');
}

/** How long a client may continue to send: closing the connection at once could lose the response. */
const LINGER_TIMEOUT = SECOND;

function tooLarge(req: IncomingMessage): HttpError {
  const timer = setTimeout(() => req.destroy(), LINGER_TIMEOUT).unref();
  req.once('close', () => clearTimeout(timer));
  req.resume();
  return new HttpError(413, `The body is larger than ${MAX_BODY_SIZE / 1024} KB.`);
}

function collect(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_SIZE) chunks.push(chunk);
      else {
        req.removeAllListeners('data');
        reject(tooLarge(req));
      }
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.on('error', () => reject(new HttpError(400, 'The body ended too soon.')));
  });
}

const MAX_JSON_DEPTH = 20;

/** Parses JSON up to a depth that every operation fits in. The last of duplicate keys counts. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The body is not JSON.');
  }
  if (isDeeper(value, MAX_JSON_DEPTH))
    throw new HttpError(400, `The JSON is nested deeper than ${MAX_JSON_DEPTH} levels.`);
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const part of Object.values(value)) if (isDeeper(part, levels - 1)) return true;
  return false;
}

/** Reads a field by name. Form fields are strings; JSON fields can have any type. */
export type FieldReader = (name: string) => unknown;

/** Reads a form (application/x-www-form-urlencoded). */
export function parseForm(body: string): FieldReader {
  const pairs = body.split('&').map(pair => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')] as const;
  });
  return name => {
    const values = pairs.filter(([key]) => decodeFormText(key) === name).map(([, value]) => value);
    if (values.length > 1) throw new HttpError(400, `${name} given twice`);
    const value = values[0] === undefined ? undefined : decodeFormText(values[0]);
    if (value === null) throw new HttpError(400, `${name} is not UTF-8`);
    return value;
  };
}

/**
 * Null if the bytes are not UTF-8. URLSearchParams would replace them by U+FFFD, and so make different passwords equal.
 * A percent sign without two hexadecimal digits stands for itself, as in URLSearchParams.
 */
function decodeFormText(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![\da-f]{2})/gi, '%25'));
  } catch {
    return null;
  }
}
