import { ada, LOGIN, PROFILE, REGISTER, startApp, type TestApp } from '../support/app.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

describe('register', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  const register = (variables: Record<string, unknown>) =>
    app.browser().send(REGISTER, { password: ada.password, ...variables });

  it('creates an account, signs in and stays signed in', async () => {
    const browser = app.browser();

    const { data } = await browser.send(REGISTER, { ...ada });

    const user = { email: ada.email, name: 'Ada', emailVerified: false, createdAt: app.clock.now().toISOString() };
    expect(data.register).toMatchObject({ __typename: 'SignedIn', user, session: { current: true }, token: null });
    expect(data.register.user.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { id: data.register.user.id, ...user } } });
  });

  it('creates separate accounts for the same password', async () => {
    const first = await app.register({ ...ada, email: 'first@example.org' });
    const second = await app.register({ ...ada, email: 'second@example.org' });

    expect(await first.send(PROFILE)).toMatchObject({ data: { profile: { email: 'first@example.org' } } });
    expect(await second.send(PROFILE)).toMatchObject({ data: { profile: { email: 'second@example.org' } } });
  });

  it('returns EMAIL_TAKEN for a registered address, and neither signs in nor changes the account', async () => {
    await app.register({ email: 'taken@example.org', password: 'the first password', name: 'First' });
    const browser = app.browser();

    const response = await browser.send(REGISTER, {
      email: 'taken@example.org',
      password: 'a second password',
      name: 'Second',
    });

    expect(response).toMatchObject({ status: 200, data: null, code: 'EMAIL_TAKEN' });
    expect(browser.cookies).toEqual({});
    expect(await browser.send(LOGIN, { email: 'taken@example.org', password: 'a second password' })).toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    expect(await browser.send(LOGIN, { email: 'taken@example.org', password: 'the first password' })).toMatchObject({
      data: { login: { user: { name: 'First' } } },
    });
  });

  it('reports every refused argument in one response', async () => {
    const { code, data, fields } = await register({ email: 'not an address', password: 'short', name: 'A\nB' });

    expect({ code, data }).toEqual({ code: 'BAD_USER_INPUT', data: null });
    expect(fields?.map(({ field, rule }) => [field, rule])).toEqual([
      ['email', 'INVALID'],
      ['password', 'TOO_SHORT'],
      ['name', 'INVALID'],
    ]);
    expect(fields?.every(({ message }) => /^[A-Z].*\.$/.test(message))).toBe(true);
  });

  it('stores nothing of a refused registration', async () => {
    await register({ email: 'refused@example.org', password: 'short' });

    expect(await app.dump()).not.toContain('refused@example.org');
    expect(await register({ email: 'refused@example.org' })).toMatchObject({ data: { register: {} } });
  });

  it.each([
    ['none', undefined, null],
    ['null', null, null],
    ['an empty one', '', null],
    ['one of 200 characters', 'n'.repeat(200), 'n'.repeat(200)],
    ['one of 200 emoji', '🦊'.repeat(200), '🦊'.repeat(200)],
    ['letters and signs of any language', 'Ævar Ó’Neill 毛 & <b>"Co"</b>', 'Ævar Ó’Neill 毛 & <b>"Co"</b>'],
  ])('stores a name unchanged: %s', async (title, name, kept) => {
    const { data } = await register({ email: `name.${title.replaceAll(' ', '.')}@example.org`, name });

    expect(data.register.user.name).toBe(kept);
  });

  it.each([
    ['of 201 characters', 'n'.repeat(201), 'TOO_LONG'],
    ['with a line break', 'Ada\r\nBcc: eve@example.org', 'INVALID'],
    ['with a NUL', 'Ada\0', 'INVALID'],
    ['with half a character', 'Ada \ud83e', 'INVALID'],
  ])('refuses a name %s', async (_, name, rule) => {
    expect(await register({ email: 'nameless@example.org', name })).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ field: 'name', rule }],
    });
  });

  it('returns the token to a bearer client, and sets no cookie', async () => {
    const browser = app.browser();

    const { data, headers } = await browser.send(REGISTER, {
      ...ada,
      email: 'bearer@example.org',
      transport: 'BEARER',
    });

    const { token } = data.register;
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(headers.has('set-cookie')).toBe(false);
    const client = app.browser({ headers: { authorization: `Bearer ${token}` } });
    expect(await client.send(PROFILE)).toMatchObject({ data: { profile: { email: 'bearer@example.org' } } });
  });

  it('returns no token to a browser, which gets it only in the cookie', async () => {
    const browser = app.browser();

    const { data } = await browser.send(REGISTER, { ...ada, email: 'cookie@example.org' });

    expect(data.register.token).toBeNull();
    expect(JSON.stringify(data)).not.toContain(browser.cookies.session_id);
  });
});

describe('fifty parallel registrations of one address', () => {
  let replicas: Replicas;
  beforeAll(async () => {
    replicas = await startReplicas({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => replicas.close());

  it('ID-5: create one account, with the password of the request that succeeded', async () => {
    const { one, two } = replicas;
    const passwords = Array.from({ length: 50 }, (_, index) => `password of number ${index}`);
    const spellings = ['race@example.org', 'RACE@example.org', 'Race@Example.org'];

    const responses = await Promise.all(
      passwords.map((password, index) =>
        (index % 2 ? one : two).browser().send(REGISTER, { email: spellings[index % 3], password }),
      ),
    );

    const winners = passwords.filter((_, index) => responses[index]?.data);
    expect(winners).toHaveLength(1);
    expect(responses.filter(({ code }) => code === 'EMAIL_TAKEN')).toHaveLength(49);
    const loggedIn = await Promise.all(
      passwords.map(password => one.browser().send(LOGIN, { email: 'race@example.org', password })),
    );
    const accepted = passwords.filter((_, index) => loggedIn[index]?.data);
    expect(accepted).toEqual(winners);
    expect(await one.rows('select count(*) as users from users')).toEqual([{ users: 1 }]);
    expect(await one.rows('select count(*) as sessions from sessions')).toEqual([{ sessions: 2 }]);
    await Promise.all([one, two].map(({ auth }) => auth.settle()));
    expect(await one.rows('select count(*) as mails from outbox')).toEqual([{ mails: 0 }]);
  });
});
