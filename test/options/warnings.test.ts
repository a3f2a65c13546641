import { optionWarnings } from '../../src/options/warnings.ts';
import { resolveOptions } from '../../src/options.ts';
import { startApp } from '../support/app.ts';

const online = {
  publicUrl: 'https://auth.example.org',
  smtpUrl: 'smtps://mail.example.org',
  mailFrom: 'no-reply@example.org',
};

describe('an allowed origin with SameSite=Lax', () => {
  it.each(['https://app.example.com', 'capacitor://localhost', 'http://localhost:3000'])(
    'causes a warning that the cookie is not sent from another site: %s',
    origin => {
      expect(optionWarnings(resolveOptions({ ...online, allowedOrigins: [origin] }))).toEqual([
        expect.stringMatching(/^BIENVENUE_ALLOWED_ORIGINS .* BIENVENUE_COOKIE_SAME_SITE=none/),
      ]);
    },
  );

  it.each([
    ['on the same site', { allowedOrigins: ['https://app.example.org', 'https://example.org'] }],
    ['with SameSite=None', { allowedOrigins: ['https://app.example.com'], cookieSameSite: 'none' as const }],
    ['when there is none', {}],
  ])('causes no warning %s', (_, options) => {
    expect(optionWarnings(resolveOptions({ ...online, ...options }))).toEqual([]);
  });

  it('causes no warning for another port of this machine', () => {
    expect(optionWarnings(resolveOptions({ allowedOrigins: ['http://localhost:5173'] }))).toEqual([]);
  });

  it('is reported once at the start', async () => {
    const app = await startApp({ env: { BIENVENUE_ALLOWED_ORIGINS: 'https://app.example.com' } });
    await app.close();

    const lines = app.lines.filter(line => line.includes('BIENVENUE_COOKIE_SAME_SITE=none'));
    expect(lines.map(line => JSON.parse(line).level)).toEqual(['warn']);
  });
});
