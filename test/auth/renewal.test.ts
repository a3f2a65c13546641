import { AuthError } from '../../src/core/errors.ts';
import { ada, fastHasher, LOGIN } from '../support/app.ts';
import { Restarting } from '../support/replicas.ts';

describe('a hash with an outdated cost', () => {
  const service = new Restarting();
  afterAll(() => service.close());

  it('PW-9: is renewed by a later login when the hasher is busy', async () => {
    await (await service.start()).register(ada);
    const app = await service.start({ ports: { hasher: tooBusyToHash } });
    const stored = await app.rows('select password_hash from users');

    const response = await app.browser().send(LOGIN, { ...ada });

    expect(response).toMatchObject({ data: { login: { user: { email: ada.email } } } });
    expect(await app.rows('select password_hash from users')).toEqual(stored);
  });
});

/** Real bcrypt that is BUSY for new hashes but not for comparisons. */
const tooBusyToHash = {
  cost: 5,
  assertCapacity: () => {},
  matches: (secret: string, hash: string) => fastHasher().matches(secret, hash),
  hash: async () => {
    throw new AuthError('BUSY', { retryAfter: 1 });
  },
};
