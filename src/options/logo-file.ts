import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { ConfigError } from './define.ts';

/** Media types by the end of the file name. */
const TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};

const MAX_BYTES = 256 * 1024;

/** A logo that the service serves itself. */
export interface LogoFile {
  /** With its dot, such as `.svg`. */
  readonly extension: string;
  readonly type: string;
  readonly content: Buffer;
}

const isAddress = (logo: string) => logo.startsWith('https://');

/** Whether a logo can be what the option says: an https address, or the path of an image file. */
export const isLogo = (logo: string): boolean => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(logo)) return extname(logo).toLowerCase() in TYPES && !logo.includes('\0');
  const url = URL.parse(logo);
  return isAddress(logo) && url !== null && url.username === '' && url.password === '';
};

/**
 * Reads the logo if it is a file; undefined for an address and for none.
 * @throws ConfigError when it cannot be read or is larger than 256 KiB
 */
export async function readLogoFile(logo: string | undefined): Promise<LogoFile | undefined> {
  if (logo === undefined || isAddress(logo)) return undefined;
  const size = await stat(logo).then(
    file => (file.isFile() ? file.size : undefined),
    () => undefined,
  );
  if (size !== undefined && size > MAX_BYTES) throw issue('larger than 256 KiB; make the image smaller.');
  const content = size === undefined ? undefined : await readFile(logo).catch(() => undefined);
  if (!content) throw issue('the file cannot be read; check the path and its permissions.');
  const extension = extname(logo).toLowerCase();
  return { extension, type: String(TYPES[extension]), content };
}

const issue = (sentence: string) => new ConfigError([`BIENVENUE_BRAND_LOGO: ${sentence}`]);
