import { ada, LOGIN, REGISTER, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';
import { CountingHasher } from '../support/hasher.ts';

const SIGNED_IN = { __typename: 'SignedIn' };

describe('a new password', () => {
  const hasher = new CountingHasher();
  let app: TestApp;
  let count = 0;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' }, ports: { hasher } });
  });
  afterAll(() => app.close());

  const newAddress = () => `person${++count}@example.org`;
  const register = (password: string, email = newAddress()) => app.browser().send(REGISTER, { email, password });
  const login = (email: string, password: string) => app.browser().send(LOGIN, { email, password });
  const refused = (rule: string, field = 'password') => ({ code: 'BAD_USER_INPUT', fields: [{ field, rule }] });

  describe('its length', () => {
    it.each([
      ['7 letters', 'qwvxzjk'],
      ['7 emoji, though they are 14 units', '🦊🐻🐼🐨🐯🦁🐮'],
      ['7 letters that were typed as 14', 'é'.normalize('NFD').repeat(7)],
      ['nothing', ''],
    ])('PW-1: refuses %s as too short', async (_, password) => {
      expect(await register(password)).toMatchObject(refused('TOO_SHORT'));
    });

    it.each([
      ['8 letters', 'qwvxzjkq'],
      ['8 emoji', '🦊🐻🐼🐨🐯🦁🐮🐷'],
    ])('PW-1: accepts %s', async (_, password) => {
      expect(await register(password)).toMatchObject({ data: { register: SIGNED_IN } });
    });

    it.each([
      ['64 letters', 'v'.repeat(64)],
      ['128 letters', 'v'.repeat(128)],
      ['256 letters', 'v'.repeat(256)],
      ['256 emoji', '🦊'.repeat(256)],
    ])('PW-2: uses all of %s', async (_, password) => {
      const email = newAddress();

      expect(await register(password, email)).toMatchObject({ data: { register: SIGNED_IN } });
      expect(await login(email, password)).toMatchObject({ data: { login: SIGNED_IN } });
      expect(await login(email, password.slice(0, -2))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    });

    it.each([
      ['257 letters', 'v'.repeat(257)],
      ['257 emoji', '🦊'.repeat(257)],
      ['90 KB', 'v'.repeat(90_000)],
    ])('PW-2: refuses %s before any hashing', async (_, password) => {
      const email = newAddress();
      await register(ada.password, email);
      const before = hasher.work;

      expect(await register(password)).toMatchObject(refused('TOO_LONG'));
      expect(await login(email, password)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(hasher.work).toBe(before);
    });

    it('PW-2: is refused when too long before it is normalized', async () => {
      const normalize = jest.spyOn(String.prototype, 'normalize');

      expect(await register('\u0327\u0301'.repeat(24_000))).toMatchObject(refused('TOO_LONG'));

      const lengths = normalize.mock.contexts.map(text => String(text).length);
      normalize.mockRestore();
      expect(lengths.filter(length => length > 1024)).toEqual([]);
    });
  });

  describe('its characters', () => {
    it.each([
      ['lower-case letters', 'qwvxzjkqwvxz'],
      ['emoji', '🐷🐮🦁🐯🐨🐼🐻🦊'],
      ['spaces and letters', '  v x  z q '],
    ])('PW-3: has no composition rules: accepts %s', async (_, password) => {
      expect(await register(password)).toMatchObject({ data: { register: SIGNED_IN } });
    });

    it('PW-3: is not trimmed and does not expire', async () => {
      const email = newAddress();
      await register(' spaces around it ', email);
      app.clock.advance({ days: 730 });

      expect(await login(email, 'spaces around it')).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(await login(email, ' spaces around it ')).toMatchObject({ data: { login: SIGNED_IN } });
    });

    const long = `${'a'.repeat(72)}X and the rest`;
    it.each([
      ['another letter after the 72nd byte', long, long.replace('X', 'Y')],
      ['the first 72 bytes of it', long, long.slice(0, 72)],
      ['it without its last letter', long, long.slice(0, -1)],
      ['it and one letter more', long, `${long}.`],
      ['its letters in the other case', long, long.toUpperCase()],
      ['what stands before a NUL in it', 'before the NUL \0 and after', 'before the NUL '],
      ['something else after a NUL in it', 'before the NUL \0 and after', 'before the NUL \0 and nothing'],
      ['255 letters for 256', 'w'.repeat(256), 'w'.repeat(255)],
      ['257 letters for 256', 'w'.repeat(256), 'w'.repeat(257)],
      ['256 letters more', 'wv'.repeat(5), 'wv'.repeat(133)],
      ['nothing', long, ''],
    ])('PW-4: does not accept %s', async (_, password, other) => {
      const email = newAddress();
      await register(password, email);

      expect(await login(email, other)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(await login(email, password)).toMatchObject({ data: { login: SIGNED_IN } });
    });

    it.each([
      ['Czech', 'NFD', 'NFC', 'Škoda žluťoučký'],
      ['Czech', 'NFC', 'NFD', 'Škoda žluťoučký'],
      ['long Korean', 'NFD', 'NFC', '한국어'.repeat(80)],
      ['long Korean', 'NFD', 'NFD', '한국어'.repeat(80)],
    ])('PW-5: matches both Unicode spellings: %s, registered in %s, entered in %s', async (_, one, other, text) => {
      const email = newAddress();

      expect(await register(text.normalize(one), email)).toMatchObject({ data: { register: SIGNED_IN } });
      expect(await login(email, text.normalize(other))).toMatchObject({ data: { login: SIGNED_IN } });
    });

    it.each([
      ['a ligature and its letters', 'ﬁnal answers', 'final answers'],
      ['a wide letter and a plain one', 'Ａnswers final', 'Answers final'],
      ['a raised digit and a plain one', 'e = m c² is it', 'e = m c2 is it'],
    ])('PW-5: distinguishes %s', async (_, password, other) => {
      const email = newAddress();
      await register(password, email);

      expect(await login(email, other)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    });

    it.each([
      ['alone', '\ud800\ud800\ud800\ud800\ud800\ud800\ud800\ud800'],
      ['within', 'half a \udc00 character'],
    ])('PW-5: refuses a lone surrogate, %s', async (_, password) => {
      const email = newAddress();
      await register(ada.password, email);
      const token = await app.resetToken(email);

      expect(await register(password)).toMatchObject(refused('INVALID'));
      expect(await login(email, password)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(await app.browser().send(RESET_PASSWORD, { token, newPassword: password })).toMatchObject(
        refused('INVALID', 'newPassword'),
      );
    });
  });
});
