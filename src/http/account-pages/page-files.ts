import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { packageFile } from '../../core/package.ts';
import { escapeHtml } from '../../mail/html.ts';
import type { PageOptions } from '../../options/page-options.ts';
import { brandOf, brandStyle, imageSources, logoPath } from '../brand.ts';
import { redirect } from '../exchange.ts';
import { hashSource } from '../security-headers.ts';
import { IMMUTABLE, mediaTypeOf, StaticFile } from '../static-file.ts';
import { type Brand, LINK_PAGES, PAGES, type PageSettings } from './page-settings.ts';

/** Where Vite writes the pages. */
const FOLDER = 'dist/assets/pages';

/** An SVG could contain scripts: opened by itself, it runs in a sandbox. */
const LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/** Responds to GET and HEAD at one path. */
export interface PageRoute {
  /** Exact, or with parameters: `/account/admin/users/:id`. */
  readonly path: string;
  send(req: IncomingMessage, res: ServerResponse): Promise<void> | void;
}

/** The account pages: one HTML file for all of them, with the scripts and styles that it loads. */
export class AccountPageFiles {
  readonly routes: readonly PageRoute[];
  private readonly html: StaticFile;

  /** Throws when the pages are not built. */
  constructor(options: PageOptions, graphqlPath: string) {
    this.html = htmlOf(options, graphqlPath);
    const pages = hasLinkPages(options) ? [...PAGES, ...LINK_PAGES] : PAGES;
    const { logoFile } = options;
    this.routes = [
      ...pages.map(path => route(path, this.html)),
      ...assetRoutes(),
      ...(logoFile ? [route(logoPath(logoFile), logoOf(logoFile))] : []),
      // Password managers open this address: https://w3c.github.io/webappsec-change-password-url/
      { path: '/.well-known/change-password', send: (_, res) => redirect({ res }, '/account/password') },
    ];
  }

  /** The response to an unknown path below `/account/`: the pages with status 404. */
  sendNotFound(req: IncomingMessage, res: ServerResponse): Promise<void> {
    return this.html.send(req, res, 404);
  }
}

/** Links in mails open `appUrl`. When that is another address, the app there has the pages, and these are not served. */
const hasLinkPages = ({ appUrl, publicUrl }: PageOptions) => appUrl === publicUrl;

const route = (path: string, file: StaticFile): PageRoute => ({ path, send: (req, res) => file.send(req, res) });

function htmlOf(options: PageOptions, graphqlPath: string): StaticFile {
  const { passwordMinLength, roles } = options;
  const brand = brandOf(options);
  const settings: PageSettings = { brand, graphqlPath, passwordMinLength, roles };
  const html = fill(readFileSync(packageFile(FOLDER, 'index.html'), 'utf8'), {
    settings: JSON.stringify(settings),
    name: brand.name,
    brandStyle: brandStyle(brand.color),
  });
  return new StaticFile({
    read: () => Buffer.from(html),
    type: mediaTypeOf('index.html'),
    caching: 'no-store',
    policy: policyOf(html, brand),
  });
}

const fill = (html: string, values: Readonly<Record<string, string>>) =>
  html.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''));

/** Nothing inline runs but the styles in the HTML itself, which are allowed by their hashes. */
function policyOf(html: string, brand: Brand): string {
  const styles = [...html.matchAll(/<style>([^<]*)<\/style>/g)].map(([, style]) => String(style));
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${["'self'", ...styles.map(hashSource)].join(' ')}`,
    `img-src ${imageSources(brand).join(' ')}`,
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Listed once, so that no other path can be requested. Each name contains a hash of the content. */
const assetRoutes = (): PageRoute[] =>
  readdirSync(packageFile(FOLDER, 'assets')).map(name =>
    route(
      `/account/assets/${name}`,
      new StaticFile({
        read: () => readFile(packageFile(FOLDER, 'assets', name)),
        type: mediaTypeOf(name),
        caching: IMMUTABLE,
        policy: ASSET_POLICY,
      }),
    ),
  );

/** Opened by themselves, scripts and styles do nothing. */
const ASSET_POLICY = "default-src 'none'; frame-ancestors 'none'";

const logoOf = ({ extension, content }: NonNullable<PageOptions['logoFile']>) =>
  new StaticFile({ read: () => content, type: mediaTypeOf(extension), caching: IMMUTABLE, policy: LOGO_POLICY });
