import { resolveOptions } from '../../src/options.ts';
import { cookieDelivery, cookieWarning } from '../../src/request/cookie-delivery.ts';
import { startApp } from '../support/app.ts';

const online = {
  publicUrl: 'https://auth.example.org',
  smtpUrl: 'smtps://mail.example.org',
  mailFrom: 'no-reply@example.org',
};

/** The delivery from an allowed origin to a service at `publicUrl`. */
async function deliveryFrom(origin: string, publicUrl: string, cookieSameSite: 'lax' | 'none' = 'lax') {
  const options = resolveOptions({ ...online, publicUrl, allowedOrigins: [origin], cookieSameSite });
  const { relation, delivery, reason, advice } = await cookieDelivery(origin, options);
  return { verdict: `${relation}, ${delivery}`, words: `${reason} ${advice ?? ''}` };
}

describe('the session cookie from a listed origin', () => {
  it.each([
    ['https://app.example.org', 'https://auth.example.org', 'same-site, sent'],
    ['https://example.org', 'https://auth.example.org', 'same-site, sent'],
    ['https://auth.example.org:8443', 'https://auth.example.org', 'same-site, sent'],
    ['https://auth.example.org', 'https://auth.example.org', 'same-origin, sent'],
    ['http://localhost:5173', 'http://localhost:4000', 'same-site, sent'],
    ['http://127.0.0.1:5173', 'http://127.0.0.1:4000', 'same-site, sent'],
    ['http://[::1]:5173', 'http://[::1]:4000', 'same-site, sent'],
    ['https://app.example.com', 'https://auth.example.org', 'cross-site, not-sent'],
    ['https://app.other.localhost', 'https://auth.example.localhost', 'cross-site, not-sent'],
  ])('%s to %s: %s', async (origin, publicUrl, verdict) => {
    expect(await deliveryFrom(origin, publicUrl)).toMatchObject({ verdict });
  });

  it.each([
    ['https://shop.example.co.uk', 'https://auth.example.co.uk', 'same-site, sent'],
    ['https://shop.co.uk', 'https://auth.co.uk', 'cross-site, not-sent'],
    ['https://app.github.io', 'https://auth.github.io', 'cross-site, not-sent'],
    ['https://www.auth.github.io', 'https://auth.github.io', 'same-site, sent'],
  ])('follows the Public Suffix List: %s to %s: %s', async (origin, publicUrl, verdict) => {
    expect(await deliveryFrom(origin, publicUrl)).toMatchObject({ verdict });
  });

  it.each([
    ['http://localhost:5173', 'https://localhost:4000', /http and https .* different sites/],
    ['http://127.0.0.1:5173', 'http://localhost:4000', /127\.0\.0\.1 and localhost are different sites/],
    ['https://app.example.com', 'https://auth.example.org', /SameSite=Lax\. .*BIENVENUE_COOKIE_SAME_SITE=none/],
    ['https://app.example.com', 'http://localhost:4000', /Serve both with https/],
    ['capacitor://localhost', 'http://localhost:4000', /Use bearer tokens there/],
    ['chrome-extension://abcdefghij', 'https://auth.example.org', /Use bearer tokens there/],
  ])('says why it is not sent, and what to do: %s to %s', async (origin, publicUrl, words) => {
    expect(await deliveryFrom(origin, publicUrl)).toEqual({
      verdict: 'cross-site, not-sent',
      words: expect.stringMatching(words),
    });
  });

  it.each(['https://app.example.com', 'capacitor://localhost'])(
    'with SameSite=None is partitioned from another site: %s',
    async origin => {
      const { verdict, words } = await deliveryFrom(origin, 'https://auth.example.org', 'none');

      expect(verdict).toBe('cross-site, partitioned');
      expect(words).toMatch(/Safari .*bearer tokens/);
    },
  );

  it('is of no use from an origin that is not listed', async () => {
    const options = resolveOptions({ ...online, allowedOrigins: ['https://app.example.org'] });

    expect(await cookieDelivery('https://shop.example.org', options)).toMatchObject({
      relation: 'same-site',
      delivery: 'refused',
      reason: expect.stringContaining('403'),
    });
  });
});

describe('a start with an origin that gets no cookie', () => {
  it('is warned of in one line, however many there are', async () => {
    const allowedOrigins = ['https://app.example.org', 'https://app.example.com', 'http://localhost:3000'];

    expect(await cookieWarning(resolveOptions({ ...online, allowedOrigins }))).toMatch(
      /^BIENVENUE_ALLOWED_ORIGINS: .* https:\/\/app\.example\.com\. .*BIENVENUE_COOKIE_SAME_SITE=none.* explains 1 more\.$/,
    );
  });

  it.each([
    ['on the same site', { allowedOrigins: ['https://app.example.org', 'https://example.org'] }],
    ['with SameSite=None', { allowedOrigins: ['https://app.example.com'], cookieSameSite: 'none' as const }],
    ['when none is listed', {}],
  ])('is not warned of %s', async (_, options) => {
    expect(await cookieWarning(resolveOptions({ ...online, ...options }))).toBeUndefined();
  });

  it('has the warning in its log', async () => {
    const app = await startApp({ env: { BIENVENUE_ALLOWED_ORIGINS: 'https://app.example.com' } });
    await app.close();

    const lines = app.lines.filter(line => line.includes('https://app.example.com'));
    expect(lines.map(line => JSON.parse(line).level)).toEqual(['warn']);
  });
});
