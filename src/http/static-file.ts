import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** For a file whose name contains a hash of its content. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
/** For a file that may change under the same name: browsers ask each time, and get 304 while it is the same. */
export const REVALIDATED = 'no-cache';

/** In the order of preference. Brotli needs five percent less than gzip. */
const ENCODINGS = ['br', 'gzip'] as const;

type Encoding = (typeof ENCODINGS)[number] | 'identity';

/** Media types by the end of the file name. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

/** Fonts in `.ttf` are not compressed in themselves, unlike those in `.woff2` and images. */
const COMPRESSIBLE = /^(text\/|image\/svg|font\/ttf)/;
/** Below this size a response fits into one packet either way. */
const MIN_SIZE = 1024;

/** The media type of a file, by its name. */
export const mediaTypeOf = (name: string): string => TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';

/** A body as it is sent in one encoding. */
interface Variant {
  readonly encoding: Encoding;
  readonly body: Buffer;
  readonly etag: string;
}

interface StaticFileParts {
  /** Called when the file is requested for the first time. */
  readonly read: () => Promise<Buffer> | Buffer;
  readonly type: string;
  readonly caching: typeof IMMUTABLE | typeof REVALIDATED | 'no-store';
  readonly policy: string;
}

/** A response to GET and HEAD that is the same for everyone. It is compressed once and held in memory as it was sent. */
export class StaticFile {
  private readonly variants = new Map<Encoding, Promise<Variant>>();

  constructor(private readonly parts: StaticFileParts) {}

  /** Rejects when the file cannot be read. */
  async send(req: IncomingMessage, res: ServerResponse, status = 200): Promise<void> {
    const { type, caching, policy } = this.parts;
    const { encoding, body, etag } = await this.variant(this.encodingFor(req));
    res.setHeader('content-type', type);
    res.setHeader('content-security-policy', policy);
    res.setHeader('cache-control', caching);
    if (COMPRESSIBLE.test(type)) res.appendHeader('vary', 'Accept-Encoding');
    if (encoding !== 'identity') res.setHeader('content-encoding', encoding);
    if (caching === REVALIDATED) {
      res.setHeader('etag', etag);
      if (req.headers['if-none-match']?.includes(etag)) return void res.writeHead(304).end();
    }
    res.writeHead(status, { 'content-length': body.length });
    res.end(req.method === 'HEAD' ? undefined : body);
  }

  private encodingFor({ headers }: IncomingMessage): Encoding {
    return COMPRESSIBLE.test(this.parts.type) ? preferredEncoding(headers['accept-encoding']) : 'identity';
  }

  private variant(encoding: Encoding): Promise<Variant> {
    const held = this.variants.get(encoding);
    if (held) return held;
    const created = this.create(encoding);
    this.variants.set(encoding, created);
    created.catch(() => this.variants.delete(encoding));
    return created;
  }

  private async create(encoding: Encoding): Promise<Variant> {
    const content = await this.parts.read();
    const actual = content.length < MIN_SIZE ? 'identity' : encoding;
    const body = await ENCODE[actual](content);
    return { encoding: actual, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
  }
}

const [brotli, gzipped] = [promisify(brotliCompress), promisify(gzip)];

const ENCODE: Record<Encoding, (content: Buffer) => Promise<Buffer> | Buffer> = {
  // Level 9 takes four times as long, 11 forty times, for another two and nine percent.
  br: content => brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: content => gzipped(content, { level: 9 }),
  identity: content => content,
};

/** RFC 9110, 12.5.3: `br;q=0` refuses, `*` stands for the encodings that are not named. */
function preferredEncoding(header = ''): Encoding {
  const weights = new Map(header.split(',').map(weightOf));
  return ENCODINGS.find(name => (weights.get(name) ?? weights.get('*') ?? 0) > 0) ?? 'identity';
}

function weightOf(entry: string): [string, number] {
  const [name = '', ...parameters] = entry.split(';').map(part => part.trim().toLowerCase());
  const weight = parameters.find(parameter => parameter.startsWith('q='));
  return [name, weight === undefined ? 1 : Number(weight.slice(2))];
}
