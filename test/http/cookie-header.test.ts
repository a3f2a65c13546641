import { ada, PROFILE, startApp, type TestApp } from '../support/app.ts';
import { post } from '../support/raw.ts';

describe('the session cookie in a request', () => {
  let app: TestApp;
  let token: string;
  beforeAll(async () => {
    app = await startApp();
    token = String((await app.register(ada)).cookies.session_id);
  });
  afterAll(() => app.close());

  it.each([
    ['alone', (value: string) => `session_id=${value}`],
    ['in double quotes (RFC 6265, 4.1.1)', (value: string) => `session_id="${value}"`],
    ['between other cookies', (value: string) => `a=1; session_id="${value}"; b="2"`],
  ])('identifies the user when it is %s', async (_, header) => {
    const { json } = await post(app.url, PROFILE, { headers: { cookie: header(token) } });

    expect(json.data.profile.email).toBe(ada.email);
  });

  it.each([(value: string) => `session_id="${value}`, (value: string) => `session_id=""${value}""`])(
    'is ignored with unbalanced quotes',
    async header => {
      const { json } = await post(app.url, PROFILE, { headers: { cookie: header(token) } });

      expect(json.data.profile).toBeNull();
    },
  );
});

describe('the session cookie for front ends on another site', () => {
  it('SE-2: is partitioned, because browsers block third-party cookies without it', async () => {
    const app = await startApp({
      env: {
        PUBLIC_URL: 'https://auth.example.org',
        BIENVENUE_COOKIE_SAME_SITE: 'none',
        BIENVENUE_ALLOWED_ORIGINS: 'https://app.example.com',
        SMTP_URL: 'smtp://localhost:1',
        MAIL_FROM: 'no-reply@example.org',
      },
    });
    const { headers } = await post(
      app.url,
      'mutation { register(email: "x@example.org", password: "correct horse battery") { __typename } }',
    );
    await app.close();

    for (const cookie of headers['set-cookie'] ?? []) expect(cookie).toMatch(/; SameSite=None; Partitioned; Secure/);
    expect(headers['set-cookie']).toHaveLength(2);
  });
});
