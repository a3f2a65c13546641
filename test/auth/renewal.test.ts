import { AuthError } from '../../src/errors.ts';
import { ada, fastHasher, LOGIN, startApp } from '../support/app.ts';

describe('a hash of another cost', () => {
  it('PW-9: is left for another login where the hasher is too busy to renew it', async () => {
    const before = await startApp();
    await before.register(ada);
    await before.close({ keep: true });
    const checks = fastHasher(4);
    const hasher = {
      cost: 5,
      admit: () => {},
      matches: (secret: string, hash: string) => checks.matches(secret, hash),
      hash: async () => {
        throw new AuthError('BUSY', { retryAfter: 1 });
      },
    };
    const after = await startApp({ path: before.file, ports: { hasher } });
    const [stored] = after.rows('select password_hash from users');

    const answer = await after.browser().send(LOGIN, { ...ada });

    expect(answer).toMatchObject({ data: { login: { user: { email: ada.email } } } });
    expect(after.rows('select password_hash from users')).toEqual([stored]);
    await after.close();
  });
});
