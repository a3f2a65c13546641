import {
  ada,
  type Browser,
  LOGIN,
  newPerson,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
} from '../support/app.ts';
import { StallingHasher } from '../support/hasher.ts';

describe('a service with a full hash queue', () => {
  const hasher = new StallingHasher(4);
  let app: TestApp;
  let browser: Browser;
  let token: string;
  let done: Promise<unknown>;
  beforeAll(async () => {
    app = await startApp({ ports: { hasher } });
    browser = await app.register(ada);
    token = await app.resetToken(ada.email);
    await app.rows('delete from limits');
    done = hasher.fill();
  });
  afterAll(() => app.close());

  it.each([
    ['login', LOGIN, () => ({ ...ada })],
    ['login to no account', LOGIN, () => ({ ...ada, email: 'nobody@example.org' })],
    ['register', REGISTER, () => ({ ...ada, email: 'new@example.org' })],
    ['resetPassword', RESET_PASSWORD, () => ({ token, newPassword: 'a password of her own' })],
  ])('PW-10: refuses %s with BUSY and Retry-After', async (_, operation, variables) => {
    const response = await app.browser().send(operation, variables());

    expect(response).toMatchObject({ status: 503, data: null, code: 'BUSY', retryAfter: 1 });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.has('set-cookie')).toBe(false);
  });

  it.each([
    ['POST', '/users', () => ({ email: 'new@example.org', password: ada.password })],
    ['POST', '/sessions', () => ({ email: ada.email, password: ada.password })],
    ['PUT', '/reset_password', () => ({ email: ada.email, reset_token: token, new_password: 'a password of her own' })],
  ])('PW-10: refuses %s %s with 503', async (method, path, fields) => {
    const response = await app.browser().form(method, path, fields());

    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toEqual({ message: 'The service is busy. Please try again in a moment.' });
  });

  it('PW-10: still serves everything that needs no hash', async () => {
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
    expect(await browser.send(REQUEST_PASSWORD_RESET, { email: ada.email })).toMatchObject({ status: 200 });
    expect(await app.browser().send(REGISTER, { ...ada, password: 'short' })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await browser.fetch('/livez')).status).toBe(200);
    expect((await browser.fetch('/readyz')).status).toBe(200);
  });

  it('PW-10: counts no attempt that it refused as BUSY', async () => {
    for (let index = 0; index < 12; index++) await app.browser().send(LOGIN, { ...ada });
    for (let index = 0; index < 12; index++) await app.browser().send(REGISTER, { ...ada, email: 'new@example.org' });
    for (let index = 0; index < 24; index++)
      await app.browser().send(RESET_PASSWORD, { token, newPassword: 'a new one' });
    hasher.release();
    await done;

    expect(await app.browser().send(LOGIN, { ...ada })).toMatchObject({ data: { login: {} } });
    expect(await app.browser().send(REGISTER, { ...ada, email: 'new@example.org' })).toMatchObject({
      data: { register: {} },
    });
    expect(await app.browser().send(RESET_PASSWORD, { token, newPassword: 'a password of her own' })).toMatchObject({
      data: { resetPassword: true },
    });
  });
});

describe('more logins at once than the queue holds', () => {
  const LOGINS = 110;
  const hasher = new StallingHasher(4);
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' }, ports: { hasher } });
  });
  afterAll(() => app.close());

  it('PW-10: succeed or are refused as BUSY, and disturb no other user', async () => {
    await app.register(ada);
    // Another account: the fifty-first session of ada would end her first.
    const person = newPerson();
    const browser = await app.register(person);
    hasher.stall();

    const logins = Array.from({ length: LOGINS }, () => app.browser().send(LOGIN, { ...ada }));
    // Only a refusal is possible before the release.
    expect(await Promise.race(logins)).toMatchObject({ code: 'BUSY' });
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: person.email } } });
    hasher.release();
    const responses = await Promise.all(logins);

    const refused = responses.filter(({ code }) => code === 'BUSY');
    expect(responses.filter(({ data }) => data)).toHaveLength(LOGINS - refused.length);
    expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(new Set(['503 1']));
    expect(await app.browser().send(LOGIN, { ...ada })).toMatchObject({ data: { login: {} } });
  });
});
