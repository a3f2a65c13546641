import { ada, LOGIN, REGISTER, REQUEST_PASSWORD_RESET, startApp, type TestApp } from '../support/app.ts';

describe('an invalid e-mail address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register({ ...ada, email: 'a@x.example' });
  });
  afterAll(() => app.close());

  const operations = (email: unknown) =>
    [
      [REGISTER, { email, password: ada.password }],
      [REQUEST_PASSWORD_RESET, { email }],
      [LOGIN, { email, password: ada.password }],
    ] as const;

  const accounts = () => app.rows('select email from users');

  it.each([
    ['an empty string', ''],
    ['no @', 'a.x.example'],
    ['two @', 'a@b@x.example'],
    ['a full-width second @', 'a@x.example\uff20evil.example'],
    ['only a full-width @', 'a\uff20x.example'],
    ['only a small @', 'a\ufe6bx.example'],
    ['nothing before the @', '@x.example'],
    ['nothing after the @', 'a@'],
    ['two addresses, by a comma', 'a@x.example,b@x.example'],
    ['two addresses, by a semicolon', 'a@x.example;b@x.example'],
    ['two addresses, by a Greek semicolon', 'a\u037eb@x.example'],
    ['two addresses, by a space', 'a@x.example b@x.example'],
    ['a header after a line break', 'a@x.example\nBcc: b@x.example'],
    ['a header after CR LF', 'a@x.example\r\nBcc: b@x.example'],
    ['a line separator', 'a\u2028@x.example'],
    ['a NUL', 'a@x.example\0'],
    ['a NUL in the middle', 'a\0b@x.example'],
    ['a tab', 'a\t@x.example'],
    ['a line break between the letters of the domain', 'a@x.exam\nple'],
    ['a soft hyphen in the domain', 'a@x.exam\u00adple'],
    ['a zero-width joiner in the domain', 'a@x.exam\u200dple'],
    ['a byte order mark before', '\ufeffa@x.example'],
    ['a variation selector in the domain', 'a@x.exam\ufe0fple'],
    ['a space within', 'a @x.example'],
    ['a no-break space behind', 'a@x.example\u00a0'],
    ['a display name', '"x" <a@x.example>'],
    ['angle brackets', '<a@x.example>'],
    ['quotes', '"a"@x.example'],
    ['quotes around an @', '"a@b"@x.example'],
    ['a comment', 'a(comment)@x.example'],
    ['a backslash', 'a\\@x.example'],
    ['a group', 'friends:a@x.example;'],
    ['a dot at the start', '.a@x.example'],
    ['a dot at the end', 'a.@x.example'],
    ['two dots in a row', 'a..b@x.example'],
    ['a domain with a dot at the end', 'a@x.example.'],
    ['a domain with two dots in a row', 'a@x..example'],
    ['a domain with a hyphen first', 'a@-x.example'],
    ['a domain with an underscore', 'a@x_y.example'],
    ['a domain with a port', 'a@x.example:25'],
    ['a domain with a path', 'a@x.example/b'],
    ['a domain with a percent sign', 'a@x%2eexample'],
    ['a route by another host', 'a%x.example@'],
    ['a number for a domain', 'a@127.0.0.1'],
    ['a hidden number for a domain', 'a@0x7f.1'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['an IPv6 literal', 'a@[IPv6:::1]'],
    ['a lone surrogate', 'a\ud800@x.example'],
    ['a label of 64 letters', `a@${'x'.repeat(64)}.example`],
    ['255 bytes', `${'a'.repeat(245)}@x.example`],
    ['255 bytes, in fewer letters', `${'é'.repeat(122)}a@x.example`],
    ['a domain that is too long once written in ASCII', `a@${'ä.'.repeat(60)}example`],
    ['ninety thousand letters', `${'a'.repeat(90_000)}@x.example`],
    ['ninety thousand dots', `a@${'x.'.repeat(45_000)}example`],
  ])('ID-3: %s is refused', async (_, email) => {
    const before = await accounts();
    const [register, reset, login] = operations(email);
    const invalid = { code: 'BAD_USER_INPUT', data: null, fields: [{ field: 'email', rule: 'INVALID' }] };

    expect(await app.browser().send(...register)).toMatchObject(invalid);
    expect(await app.browser().send(...reset)).toMatchObject(invalid);
    expect(await app.browser().send(...login)).toMatchObject({ data: null, code: 'INVALID_CREDENTIALS' });
    expect(await accounts()).toEqual(before);
    expect(await app.mails()).toEqual([]);
  });

  it.each([
    ['a list', ['a@x.example']],
    ['a list of two', ['a@x.example', 'b@x.example']],
    ['an object', { address: 'a@x.example' }],
    ['an operator', { $ne: null }],
    ['an object with a length', { length: 11 }],
    ['a number', 1],
    ['a boolean', true],
    ['null', null],
    ['no value', undefined],
  ])('ID-3: %s instead of a string is refused', async (_, email) => {
    const before = await accounts();
    for (const [operation, variables] of operations(email)) {
      const { status, data, code } = await app.browser().send(operation, variables);
      expect({ status, data }).toEqual({ status: 400, data: undefined });
      expect(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']).toContain(code);
    }
    expect(await accounts()).toEqual(before);
    expect(await app.mails()).toEqual([]);
  });
});

describe('spaces around an e-mail address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('ID-3: are ignored at registration, login and reset', async () => {
    const { data } = await app.browser().send(REGISTER, { email: ' ada@x.example  ', password: ada.password });
    expect(data.register.user.email).toBe('ada@x.example');

    const login = await app.browser().send(LOGIN, { email: 'ada@x.example ', password: ada.password });
    expect(login.data.login.user.id).toBe(data.register.user.id);

    await app.browser().send(REQUEST_PASSWORD_RESET, { email: '  ada@x.example' });
    expect(await app.mails()).toMatchObject([{ to: 'ada@x.example' }]);
  });

  it('ID-3: belong to a password', async () => {
    const spaced = { email: 'grace@x.example', password: ` ${ada.password} ` };
    await app.register(spaced);

    const trimmed = await app.browser().send(LOGIN, { ...spaced, password: ada.password });
    expect(trimmed).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });
});

describe('the longest e-mail address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  it.each([
    ['254 letters', `${'a'.repeat(244)}@x.example`],
    ['254 bytes', `${'é'.repeat(122)}@x.example`],
    ['every sign that may stand before the @', "!#$%&'*+/=?^_`{|}~-@x.example"],
    ['a label of 63 letters', `a@${'x'.repeat(63)}.example`],
    ['a single letter', 'a@b.example'],
    ['a machine of the same network', 'root@localhost'],
  ])('ID-3: %s is accepted', async (_, email) => {
    expect(await app.browser().send(REGISTER, { email, password: ada.password })).toMatchObject({
      data: { register: { user: { email } } },
    });
    expect(await app.browser().send(LOGIN, { email, password: ada.password })).toMatchObject({ data: { login: {} } });
  });
});
