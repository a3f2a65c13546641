import { createHash } from 'node:crypto';
import { readableOn, textOn } from '../core/color.ts';
import type { PageOptions } from '../options/page-options.ts';
import type { Brand } from './account-pages/page-settings.ts';

/** The operator's brand, with the defaults of pages. */
export function brandOf(options: PageOptions): Brand {
  const logo = options.logoFile ? logoPath(options.logoFile) : options.brandLogo;
  return { name: options.brandName ?? 'Bienvenue', ...(logo && { logo }), color: options.brandColor };
}

/** The path at which a logo from a file is served. It changes with the content, so that browsers can keep it. */
export const logoPath = ({ content, extension }: NonNullable<PageOptions['logoFile']>): string =>
  `/account/logo-${createHash('sha256').update(content).digest('hex').slice(0, 16)}${extension}`;

/** Where a page may load images from, as values of `img-src`. */
export const imageSources = ({ logo }: Brand): string[] =>
  logo?.startsWith('https:') ? ["'self'", 'data:', new URL(logo).origin] : ["'self'", 'data:'];

/** The darkest background of light pages, and the lightest of dark ones: what has contrast to these can be read anywhere. */
const BACKGROUNDS = { light: '#eeeff3', dark: '#2d313b' };

/**
 * Custom properties for style sheets: `--brand` is the colour as it was set, and `--brand-text` can be read on it.
 * `--brand-accent` is the same colour, with as much contrast to the page as text needs in light and dark mode, and
 * `--brand-accent-text` can be read on it.
 */
export function brandStyle(color: string): string {
  const [light, dark] = [readableOn(BACKGROUNDS.light, color), readableOn(BACKGROUNDS.dark, color)];
  const accent = (shade: string) => `--brand-accent:${shade};--brand-accent-text:${textOn(shade)}`;
  return `:root{--brand:${color};--brand-text:${textOn(color)};${accent(light)}}@media(prefers-color-scheme:dark){:root{${accent(dark)}}}`;
}
