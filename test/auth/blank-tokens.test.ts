import { createHash, randomUUID } from 'node:crypto';
import { ada, LOGIN, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';

const newPassword = 'a password that is new';

/** Values from a faulty client, or from an attacker who looks for an empty row. */
const malformed: [string, string][] = [
  ['nothing', ''],
  ['a space', ' '],
  ['blanks of many kinds', ' \t\r\n\u00a0\u3000'],
  ['a NUL', '\0'],
  ['null', 'null'],
  ['undefined', 'undefined'],
  ['a boolean', 'true'],
  ['zero', '0'],
  ['NaN', 'NaN'],
  ['an object', '[object Object]'],
  ['an operator', '{"$ne":null}'],
  ['a wildcard', '%'],
  ['SQL', "' or '1'='1"],
  ['forty-three blanks', ' '.repeat(43)],
  ['forty-three wildcards', '_'.repeat(42).concat('%')],
  ['ninety kilobytes', 'A'.repeat(90_000)],
];

describe('a malformed reset token', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register(ada);
    await app.resetToken(ada.email);
    // Rows that a careless lookup would match: the raw token, its hash, or an empty hash.
    const hashes = malformed.flatMap(([, token]) => [token, createHash('sha256').update(token).digest('hex')]);
    // Not every value can be stored on a database server, which also ignores trailing blanks.
    const possible = hashes
      .filter(hash => hash.length <= 64 && !hash.includes('\0'))
      .map(hash => hash.replace(/ +$/, ''));
    for (const hash of new Set(possible)) {
      await app.rows(
        `insert into tokens (id, user_id, purpose, token_hash, credential_version, created_at, expires_at)
         select ?, user_id, purpose, ?, credential_version, created_at, expires_at
           from tokens where purpose = 'reset-password' limit 1`,
        randomUUID(),
        hash,
      );
    }
  });
  afterAll(() => app.close());

  it.each(malformed)('RS-7: resets no password, even beside rows that it could match: %s', async (_, token) => {
    const response = await app.browser().send(RESET_PASSWORD, { token, newPassword });

    expect(response).toMatchObject({ status: 200, code: 'TOKEN_INVALID' });
    expect((await app.browser().send(LOGIN, { ...ada })).errors).toBeUndefined();
  });

  it.each([null, 0, true, [], ['null'], {}, { $ne: null }])(
    'RS-7: is refused before any lookup when it is not a string: %j',
    async token => {
      const response = await app.browser().send(RESET_PASSWORD, { token, newPassword });

      expect(response).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
      expect((await app.browser().send(LOGIN, { ...ada })).errors).toBeUndefined();
    },
  );

  it('RS-7: of a megabyte is refused before it is parsed', async () => {
    const response = await app.browser().send(RESET_PASSWORD, { token: 'A'.repeat(1_000_000), newPassword });

    expect(response.status).toBe(413);
    expect((await app.browser().send(LOGIN, { ...ada })).errors).toBeUndefined();
  });
});
