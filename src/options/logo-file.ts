import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { ConfigError } from './define.ts';

const EXTENSIONS = ['.svg', '.png', '.jpg', '.jpeg', '.webp', '.gif'];

const MAX_BYTES = 256 * 1024;

/** A logo that the service serves itself. */
export interface LogoFile {
  /** With its dot, such as `.svg`. */
  readonly extension: string;
  readonly content: Buffer;
}

const isAddress = (logo: string) => logo.startsWith('https://');

/** Whether a logo can be what the option says: an https address, or the path of an image file. */
export const isLogo = (logo: string): boolean => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(logo))
    return EXTENSIONS.includes(extname(logo).toLowerCase()) && !logo.includes('\0');
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
  return { extension: extname(logo).toLowerCase(), content };
}

const issue = (sentence: string) => new ConfigError([`BIENVENUE_BRAND_LOGO: ${sentence}`]);
