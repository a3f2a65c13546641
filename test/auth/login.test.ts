import { ada, LOGIN, PROFILE, startApp, type TestApp } from '../support/app.ts';

describe('login', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterEach(() => app.close());

  it('signs in and stays signed in', async () => {
    const browser = app.browser();

    expect(await browser.send(LOGIN, { ...ada })).toMatchObject({ data: { login: { user: { email: ada.email } } } });
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
  });

  it.each([
    ['an unknown e-mail', { ...ada, email: 'nobody@example.org' }],
    ['a wrong password', { ...ada, password: 'wrong horse' }],
  ])('responds to %s with INVALID_CREDENTIALS and no cookie', async (_, args) => {
    const browser = app.browser();

    expect(await browser.send(LOGIN, args)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(browser.cookies).toEqual({});
  });

  it('ends the session after thirty days', async () => {
    const browser = app.browser();
    await browser.send(LOGIN, { ...ada });

    app.clock.advance({ days: 31 });

    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: null } });
  });
});
