import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAuth } from '../../src/create-auth.ts';
import { ConfigError } from '../../src/options/define.ts';
import type { Environment } from '../../src/options/environment.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Folder } from '../support/folder.ts';
import { request } from '../support/raw.ts';

const PAGES = ['/account', '/', '/dev/mailbox', '/nothing'];
const HOSTILE = `</title><script>alert("1")</script>' & $& {{settings}}`;

const open = (app: TestApp, path: string) => request(app.url, { path, headers: { accept: 'text/html' } });

/** The settings that the account pages read. */
function settingsIn(html: string) {
  const [, content = ''] = /<meta name="bienvenue-settings" content="([^"]*)">/.exec(html) ?? [];
  const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return JSON.parse(content.replace(/&(lt|gt|quot|#39|amp);/g, entity => entities[entity] as string));
}

async function withApp(env: Environment, check: (app: TestApp) => Promise<void>) {
  const app = await startApp({ env });
  try {
    await check(app);
  } finally {
    await app.close();
  }
}

describe('the brand on pages', () => {
  let folder: Folder;
  beforeAll(() => {
    folder = new Folder();
  });
  afterAll(() => folder.remove());

  it('has defaults, beside the settings that the account pages need', () =>
    withApp({}, async app => {
      expect(settingsIn((await open(app, '/account')).text)).toEqual({
        brand: { name: 'Bienvenue', color: '#3350c4' },
        graphqlPath: '/graphql',
        passwordMinLength: 8,
        roles: [],
      });
    }));

  it('follows the options', () => {
    const env = {
      PUBLIC_URL: 'https://login.example.org',
      SMTP_URL: 'smtp://localhost:1',
      MAIL_FROM: 'no-reply@example.org',
      BIENVENUE_BRAND_NAME: 'Example Ltd.',
      BIENVENUE_BRAND_LOGO: 'https://cdn.example.org:8443/logo.svg?v=1',
      BIENVENUE_BRAND_COLOR: '#0A7',
      BIENVENUE_PASSWORD_MIN_LENGTH: '15',
      BIENVENUE_ROLES: 'SUPPORT,BILLING',
    };
    return withApp(env, async app => {
      const { headers, text } = await open(app, '/account');

      expect(settingsIn(text)).toEqual({
        brand: { name: 'Example Ltd.', logo: env.BIENVENUE_BRAND_LOGO, color: '#00aa77' },
        graphqlPath: '/graphql',
        passwordMinLength: 15,
        roles: ['SUPPORT', 'BILLING'],
      });
      expect(text).toContain('<title>Example Ltd.</title>');
      expect(headers['content-security-policy']).toContain("; img-src 'self' data: https://cdn.example.org:8443; ");
      expect((await open(app, '/')).text).toContain('<h1>Example Ltd.</h1>');
    });
  });

  it.each(PAGES)('CS-4: has its colour on %s, in a style that the policy allows by its hash', path =>
    withApp({ BIENVENUE_BRAND_COLOR: '#ffd400' }, async app => {
      const { headers, text } = await open(app, path);
      const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? [];

      expect(style).toMatch(/^:root\{--brand:#ffd400;/);
      expect(headers['content-security-policy']).toContain(
        `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
      );
    }),
  );

  it.each(['/account', '/'])('CS-4: cannot add HTML to %s', path =>
    withApp({ BIENVENUE_BRAND_NAME: HOSTILE }, async app => {
      const { text } = await open(app, path);

      expect(text).not.toMatch(/<script>|alert\("1"\)/);
      expect(text).toContain(
        '<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; &amp; $&amp; {{',
      );
      if (path === '/account') expect(settingsIn(text).brand.name).toBe(HOSTILE);
    }),
  );

  it('has a logo from a file, served by this server and without rights when opened by itself', () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><!-- ${'x'.repeat(2000)} --></svg>`;
    return withApp({ BIENVENUE_BRAND_LOGO: folder.write('logo.svg', svg) }, async app => {
      const { headers, text } = await open(app, '/account');
      const path = settingsIn(text).brand.logo;
      const logo = await request(app.url, { path });

      expect(path).toMatch(/^\/account\/logo-[0-9a-f]{16}\.svg$/);
      expect(headers['content-security-policy']).toContain("; img-src 'self' data:; ");
      expect([logo.status, logo.text]).toEqual([200, svg]);
      expect(logo.headers).toMatchObject({
        'content-type': 'image/svg+xml',
        'cache-control': 'public, max-age=31536000, immutable',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
      for (const page of ['/', '/nothing', '/dev/mailbox']) {
        const { headers, text } = await open(app, page);
        expect(text).toContain(`<img class="logo" src="${path}" alt="">`);
        expect(headers['content-security-policy']).toContain("; img-src 'self' data:; ");
      }
    });
  });

  it.each([
    ['is missing', 'missing.png', 'the file cannot be read; check the path and its permissions.'],
    ['is a folder', 'folder.png', 'the file cannot be read; check the path and its permissions.'],
    ['is too large', 'large.png', 'larger than 256 KiB; make the image smaller.'],
  ])('OP-1: stops the start when its logo %s', async (_, name, sentence) => {
    mkdirSync(join(folder.path, 'folder.png'), { recursive: true });
    folder.write('large.png', 'x'.repeat(256 * 1024 + 1));

    const outcome = createAuth({ brandLogo: join(folder.path, name) });

    await expect(outcome).rejects.toThrow(new ConfigError([`BIENVENUE_BRAND_LOGO: ${sentence}`]));
  });
});
