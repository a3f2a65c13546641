import { ada, startApp, type TestApp } from '../support/app.ts';
import { request } from '../support/raw.ts';

const EVIL = [
  '//evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  'https://evil.test',
  'https:evil.test',
  'javascript:alert(1)',
  '/%2f%2fevil.test',
  '/\tevil.test',
  'https://localhost@evil.test',
  'https://еxample.org',
];
const NAMES = ['next', 'redirect', 'redirect_uri', 'redirectTo', 'return_to', 'returnUrl', 'continue', 'url'];

describe('the redirect after a logout over REST', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register(ada);
  });
  afterAll(() => app.close());

  const logout = async (path: string, headers = {}) => {
    const { cookies } = await app.login(ada);
    return request(app.url, {
      method: 'DELETE',
      path,
      headers: { cookie: `session_id=${cookies.session_id}`, ...headers },
    });
  };

  it.each(EVIL)('CS-6: leads to the front page, whatever a parameter contains: %j', async target => {
    const search = new URLSearchParams(Object.fromEntries(NAMES.map(name => [name, target])));
    const { status, headers } = await logout(`/sessions?${search}`);

    expect([status, headers.location]).toEqual([303, '/']);
  });

  it.each(['referer', 'x-forwarded-host', 'x-original-url', 'x-rewrite-url', 'forwarded'])(
    'CS-6: leads to the front page, whatever the header %s contains',
    async name => {
      const { status, headers } = await logout('/sessions', { [name]: 'https://evil.test/' });

      expect([status, headers.location]).toEqual([303, '/']);
    },
  );

  it.each(EVIL)('CS-6: is not the response to a path that looks like an external URL: %j', async target => {
    const { status, headers } = await request(app.url, { path: `/${encodeURI(target)}` });

    expect([status, headers.location]).toEqual([404, undefined]);
  });
});
