import { type Contestant, getSession, profileOf } from './contestants.ts';
import { LOGIN, PERSON, REGISTER } from './operations.ts';
import { type Operation, sendOnce } from './raw-request.ts';
import { type Seeded, seedBetterAuth, seedOurs } from './seeds.ts';

/** The credential operations of one server, as requests. */
export interface Dialect {
  login: Operation;
  register(email: string): Operation;
  logout(seeded: Seeded): Operation;
  /** Password resets, each with a fresh token. */
  resets(contestant: Contestant, people: Seeded[]): Promise<Operation[]>;
  seed(file: string, count: number): Seeded[];
  whoAmI(cookie: string): Operation;
}

const LOGOUT = 'mutation { logout }';
const RESET = 'mutation ($token: String!, $password: String!) { resetPassword(token: $token, newPassword: $password) }';
const NEW_PASSWORD = 'another zebra capacitor nail';

export const OURS: Dialect = {
  login: { body: { query: LOGIN, variables: PERSON }, expect: '"SignedIn"' },
  register: email => ({ body: { query: REGISTER, variables: { ...PERSON, email } }, expect: '"token"' }),
  logout: ({ cookie }) => ({ headers: { cookie }, body: { query: LOGOUT }, expect: '"logout":true' }),
  async resets({ running }, people) {
    const operations: Operation[] = [];
    for (const { email } of people) {
      const { text } = await sendOnce(running.url, { path: '/reset_password', body: { email }, expect: 'reset_token' });
      const variables = { token: JSON.parse(text).reset_token, password: NEW_PASSWORD };
      operations.push({ body: { query: RESET, variables }, expect: '"resetPassword":true' });
    }
    return operations;
  },
  seed: seedOurs,
  whoAmI: profileOf,
};

/** Every request needs an Origin header. */
export function betterAuthAt(url: string): Dialect {
  const post = (verb: string, body: object, expect: string, cookie?: string): Operation => {
    const headers: Record<string, string> = cookie ? { origin: url, cookie } : { origin: url };
    return { path: `/api/auth/${verb}`, headers, body, expect };
  };
  return {
    login: post('sign-in/email', PERSON, '"token"'),
    register: email => post('sign-up/email', { ...PERSON, email, name: 'Bench' }, '"token"'),
    logout: ({ cookie }) => post('sign-out', {}, '"success":true', cookie),
    async resets({ running }, people) {
      for (const { email } of people)
        await sendOnce(running.url, post('request-password-reset', { email }, '"status":true'));
      const { text } = await sendOnce(running.url, { method: 'GET', path: '/reset-tokens', expect: '' });
      const tokens = JSON.parse(text);
      return people.map(({ email }) =>
        post('reset-password', { token: tokens[email], newPassword: NEW_PASSWORD }, '"status":true'),
      );
    },
    seed: seedBetterAuth,
    whoAmI: getSession,
  };
}
