import { ada, bob, LOGIN, type Person, startApp, type TestApp } from '../support/app.ts';
import { BEHIND_PROXY, browserAt, guess } from '../support/guesses.ts';
import { CountingHasher } from '../support/hasher.ts';

const SOURCE = '192.0.2.1';
const LIMITED = { status: 429, code: 'RATE_LIMITED', data: null };
const SIGNED_IN = { data: { login: { __typename: 'SignedIn' } } };

describe('password spraying', () => {
  const hasher = new CountingHasher();
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY, ports: { hasher } });
    await app.register(ada);
    await app.register(bob);
  });
  afterEach(() => app.close());

  const nobody = (index: number): Person => ({ ...ada, email: `nobody${index}@example.org` });
  const spray = async (times: number, address = SOURCE) => {
    for (let index = 0; index < times; index++) await guess(app, nobody(index), ada.password, address);
  };

  it('RL-6: is limited to fifty attempts per source in 15 minutes', async () => {
    const before = hasher.comparisons;
    await spray(100);
    expect(hasher.comparisons - before).toBe(50);

    expect(await guess(app, ada, ada.password, SOURCE)).toMatchObject({ ...LIMITED, retryAfter: 900 });
    expect(await guess(app, ada, ada.password, '192.0.2.2')).toMatchObject(SIGNED_IN);
    app.clock.advance({ minutes: 15, ms: -1 });
    expect(await guess(app, ada, ada.password, SOURCE)).toMatchObject({ ...LIMITED, retryAfter: 1 });
    app.clock.advance({ ms: 1 });
    expect(await guess(app, ada, ada.password, SOURCE)).toMatchObject(SIGNED_IN);
  });

  it('RL-6: gets the same responses with and without an account', async () => {
    await spray(50);

    const [known, unknown] = await Promise.all([
      guess(app, ada, 'wrong', SOURCE),
      guess(app, nobody(999), 'wrong', SOURCE),
    ]);

    const comparable = ({ status, errors, data }: typeof known) =>
      JSON.stringify({ status, errors, data }).replaceAll(/"requestId":"[^"]+"/g, '');
    expect(comparable(known)).toBe(comparable(unknown));
    expect(known).toMatchObject(LIMITED);
  });

  it('RL-6: gets no further with parallel requests', async () => {
    const before = hasher.comparisons;

    await Promise.all(
      Array.from({ length: 75 }, (_, index) =>
        browserAt(app, SOURCE).send(LOGIN, { email: nobody(index).email, password: 'wrong' }),
      ),
    );

    expect(hasher.comparisons - before).toBe(50);
  });

  it('RL-6: gains no attempts from sign-ins to an account of the attacker', async () => {
    const before = hasher.comparisons;
    for (let index = 0; index < 70; index++) {
      await guess(app, nobody(index), 'wrong', SOURCE);
      await guess(app, bob, bob.password, SOURCE);
    }

    expect(await guess(app, ada, ada.password, SOURCE)).toMatchObject(LIMITED);
    // Fifty wrong ones, and forty-nine right ones while there was room for one more.
    expect(hasher.comparisons - before).toBe(99);
  });

  it('does not include correct passwords from a shared address', async () => {
    for (let index = 0; index < 60; index++)
      expect(await guess(app, ada, ada.password, SOURCE)).toMatchObject(SIGNED_IN);
  });
});
