import bcrypt from 'bcrypt';
import { ada, startApp, type TestApp } from '../support/app.ts';
import { visible } from '../support/browser.ts';
import { BEHIND_PROXY, browserAt, guess } from '../support/guesses.ts';
import { CountingHasher } from '../support/hasher.ts';

const COST = 6;
const bcryptHash = (cost: number) => bcrypt.hashSync('whatever', cost);

/** A refused login and its cause. */
interface Refused {
  email: string;
  password: string;
  /** Replaces the password hash that register has stored. */
  stored?: string | null;
  locked?: true;
}

const REFUSED: [title: string, Refused][] = [
  ['an address without an account', { email: 'nobody@example.org', password: 'wrong horse' }],
  ['a wrong password', { email: 'active@example.org', password: 'wrong horse' }],
  ['an empty password', { email: 'empty@example.org', password: '' }],
  ['a wrong password of a locked account', { email: 'locked@example.org', password: 'wrong horse', locked: true }],
  ['the right password of a locked account', { email: 'locked@example.org', password: ada.password }],
  ['an account without a password', { email: 'none@example.org', password: 'wrong horse', stored: null }],
  ['an empty password, and an account without one', { email: 'no-two@example.org', password: '', stored: null }],
  [
    'an account whose hash is one cost older',
    { email: 'older@example.org', password: 'wrong horse', stored: `bv1$none$${bcryptHash(COST - 1)}` },
  ],
  [
    'an account whose hash is two costs older',
    { email: 'oldest@example.org', password: 'wrong horse', stored: `bv1$none$${bcryptHash(COST - 2)}` },
  ],
  [
    'an account whose key is lost',
    { email: 'orphan@example.org', password: 'wrong horse', stored: `bv1$lost$${bcryptHash(COST)}` },
  ],
  ['an account with a broken hash', { email: 'broken@example.org', password: 'wrong horse', stored: 'bv1$none$' }],
];

const PEPPER = { BIENVENUE_PASSWORD_PEPPER: 'k1:a key of which nobody may ever know' };

describe.each([
  ['without a pepper', {}, REFUSED],
  ['with a pepper', PEPPER, REFUSED.filter(([, { email }]) => email !== 'locked@example.org')],
])('a login that is refused, %s', (_, env, rows) => {
  const hasher = new CountingHasher(COST);
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { ...BEHIND_PROXY, ...env }, ports: { hasher } });
    for (const [index, [, refused]] of rows.entries()) await prepare(refused, `198.51.100.${index}`);
  });
  afterAll(() => app.close());

  async function prepare({ email, stored, locked }: Refused, address: string): Promise<void> {
    if (email !== 'nobody@example.org') {
      await browserAt(app, address).form('POST', '/users', { email, password: ada.password });
    }
    if (stored !== undefined) await app.rows('update users set password_hash = ? where email = ?', stored, email);
    if (locked) await guessAHundredTimes(email);
  }

  async function guessAHundredTimes(email: string): Promise<void> {
    for (let batch = 0; batch < 10; batch++) {
      const guesses = Array.from({ length: 10 }, (_, index) => `203.0.${batch % 2}.${index}`);
      await Promise.all(guesses.map(address => guess(app, { ...ada, email }, 'wrong', address)));
    }
  }

  let tries = 0;
  /** Each from a different address, so that none is rate limited. */
  const responseTo = ({ email, password }: Refused) => guess(app, { ...ada, email }, password, `192.0.2.${++tries}`);
  const [[, unknown]] = rows as [(typeof rows)[0]];

  it.each(rows)('LG-1: the response is the same for %s', async (_title, refused) => {
    const response = await responseTo(refused);

    expect(response).toMatchObject({ status: 200, data: null, code: 'INVALID_CREDENTIALS' });
    expect(response.errors?.[0]?.message).toBe('The e-mail address or the password is wrong.');
    expect(visible(response)).toBe(visible(await responseTo(unknown)));
  });

  it.each(rows)('LG-2: the work is the same for %s', async (_title, refused) => {
    const before = hasher.work;

    await responseTo(refused);

    expect(hasher.work - before).toBe(2 ** COST);
  });

  it('LG-1: rate limits are the same with and without an account', async () => {
    await app.register({ ...ada, email: 'throttled@example.org' });
    const responses = [];
    for (const email of ['throttled@example.org', 'no-account@example.org']) {
      for (let index = 0; index < 6; index++) responses.push(await guess(app, { ...ada, email }, 'wrong'));
    }

    const [account, nobody] = [responses.slice(0, 6).map(visible), responses.slice(6).map(visible)];
    expect(responses[5]).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(account).toEqual(nobody);
  });

  it('LG-1: REST responds 401 in every case', async () => {
    const bodies = [];
    for (const [, { email, password }] of rows) {
      const response = await browserAt(app, '192.0.2.77').form('POST', '/sessions', { email, password });
      bodies.push(`${response.status} ${response.headers.get('set-cookie')} ${await response.text()}`);
    }

    expect(new Set(bodies)).toEqual(new Set(['401 null {"message":"The e-mail address or the password is wrong."}']));
  });
});
