import { optionsFromEnvironment } from '../../src/options/environment.ts';
import { ada, REGISTER, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';

describe('the minimum password length', () => {
  let app: TestApp | undefined;
  afterEach(() => app?.close());

  it.each([
    ['15', '14 letters', 'q'.repeat(14), 'BAD_USER_INPUT'],
    ['15', '14 emoji', '🦊'.repeat(14), 'BAD_USER_INPUT'],
    ['15', '15 letters', 'q'.repeat(15), undefined],
    ['15', '15 emoji', '🦊'.repeat(15), undefined],
    ['5', '4 letters', 'b4l0', 'BAD_USER_INPUT'],
    ['5', '5 letters', 'b4l0u', undefined],
  ])('PW-1: with a minimum of %s, %s get the expected response', async (minLength, _, password, code) => {
    app = await startApp({ env: { BIENVENUE_PASSWORD_MIN_LENGTH: minLength } });
    const token = await tokenOfAda(app);

    const registered = await app.browser().send(REGISTER, { email: 'new@example.org', password });
    const reset = await app.browser().send(RESET_PASSWORD, { token, newPassword: password });

    expect([registered.code, reset.code]).toEqual([code, code]);
    if (code) expect(registered.fields?.[0]?.message).toContain(` ${minLength} `);
  });

  const online = {
    PUBLIC_URL: 'https://auth.example.org',
    SMTP_URL: 'smtp://mail.example.org',
    MAIL_FROM: 'a@example.org',
  };
  it.each([
    ['7, where the service is reached from elsewhere', { ...online, BIENVENUE_PASSWORD_MIN_LENGTH: '7' }],
    ['7, where it listens for others', { ...online, HOST: '0.0.0.0', BIENVENUE_PASSWORD_MIN_LENGTH: '7' }],
    ['none at all', { BIENVENUE_PASSWORD_MIN_LENGTH: '0' }],
    ['something that is no number', { BIENVENUE_PASSWORD_MIN_LENGTH: 'eight' }],
  ])('PW-1: the start is refused with %s', (_, env) => {
    expect(() => optionsFromEnvironment(env)).toThrow(/^BIENVENUE_PASSWORD_MIN_LENGTH: /);
  });

  it('PW-1: 8 is accepted at the start', () => {
    expect(optionsFromEnvironment({ ...online, BIENVENUE_PASSWORD_MIN_LENGTH: '8' }).passwordMinLength).toBe(8);
  });
});

async function tokenOfAda(app: TestApp): Promise<string> {
  await app.register(ada);
  return app.resetToken(ada.email);
}
