import { BcryptHasher } from '../../src/auth/hasher.ts';
import {
  ada,
  type Browser,
  LOGIN,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  somebody,
  startApp,
  type TestApp,
} from '../support/app.ts';
import { occupy } from '../support/hasher.ts';

describe('a service with more to hash than it can', () => {
  // At the priority of all else, or it would never be done where other programs want the cores.
  const hasher = new BcryptHasher({ cost: 4, concurrency: 1, niceness: 0 });
  let app: TestApp;
  let browser: Browser;
  let token: string;
  let done: Promise<unknown>;
  let isDone = false;
  beforeAll(async () => {
    app = await startApp({ ports: { hasher } });
    browser = await app.register(ada);
    token = await app.resetToken(ada.email);
    await app.rows('delete from limits');
    done = occupy(hasher).then(() => {
      isDone = true;
    });
  });
  afterAll(() => app.close());

  it.each([
    ['login', LOGIN, () => ({ ...ada })],
    ['login to no account', LOGIN, () => ({ ...ada, email: 'nobody@example.org' })],
    ['register', REGISTER, () => ({ ...ada, email: 'new@example.org' })],
    ['resetPassword', RESET_PASSWORD, () => ({ token, newPassword: 'a password of her own' })],
  ])('PW-10: answers %s with BUSY, and says when to come back', async (_, operation, variables) => {
    const answer = await app.browser().send(operation, variables());

    expect(answer).toMatchObject({ status: 503, data: null, code: 'BUSY', retryAfter: 1 });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.has('set-cookie')).toBe(false);
    expect(isDone).toBe(false);
  });

  it.each([
    ['POST', '/users', () => ({ email: 'new@example.org', password: ada.password })],
    ['POST', '/sessions', () => ({ email: ada.email, password: ada.password })],
    ['PUT', '/reset_password', () => ({ email: ada.email, reset_token: token, new_password: 'a password of her own' })],
  ])('PW-10: answers %s %s with 503', async (method, path, fields) => {
    const answer = await app.browser().form(method, path, fields());

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toEqual({ message: 'The service is busy. Please try again in a moment.' });
    expect(isDone).toBe(false);
  });

  it('PW-10: goes on answering what needs no hash', async () => {
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: ada.email } } });
    expect(await browser.send(REQUEST_PASSWORD_RESET, { email: ada.email })).toMatchObject({ status: 200 });
    expect(await app.browser().send(REGISTER, { ...ada, password: 'short' })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await browser.fetch('/livez')).status).toBe(200);
    expect((await browser.fetch('/readyz')).status).toBe(200);
    expect(isDone).toBe(false);
  });

  it('PW-10: counts no try that it did not look at', async () => {
    for (let index = 0; index < 12; index++) await app.browser().send(LOGIN, { ...ada });
    for (let index = 0; index < 12; index++) await app.browser().send(REGISTER, { ...ada, email: 'new@example.org' });
    for (let index = 0; index < 24; index++)
      await app.browser().send(RESET_PASSWORD, { token, newPassword: 'a new one' });
    expect(isDone).toBe(false);
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

describe('a crowd that logs in at once', () => {
  const CROWD = 110;
  let app: TestApp;
  beforeAll(async () => {
    const hasher = new BcryptHasher({ cost: 8, concurrency: 1, niceness: 0 });
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' }, ports: { hasher } });
  });
  afterAll(() => app.close());

  it('PW-10: gets in or is told that the service is busy, and nothing else happens to anybody', async () => {
    await app.register(ada);
    // Somebody else's: the fifty-first session of the crowd would end hers.
    const person = somebody();
    const browser = await app.register(person);
    let waiting = CROWD;
    const logIn = async () => {
      const answer = await app.browser().send(LOGIN, { ...ada });
      waiting -= 1;
      return answer;
    };

    const crowd = Array.from({ length: CROWD }, logIn);
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: person.email } } });
    expect(waiting).toBeGreaterThan(10);
    const answers = await Promise.all(crowd);

    const refused = answers.filter(({ code }) => code === 'BUSY');
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ data }) => data)).toHaveLength(CROWD - refused.length);
    expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(new Set(['503 1']));
    expect(await app.browser().send(LOGIN, { ...ada })).toMatchObject({ data: { login: {} } });
  });
});
