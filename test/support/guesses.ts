import { LOGIN, type Person, type TestApp } from './app.ts';
import type { GraphQLResponse } from './browser.ts';

/** Trusts the peer of every test as a proxy, so that a test can set the client's address. */
export const BEHIND_PROXY = { BIENVENUE_TRUSTED_PROXIES: '127.0.0.0/8' };

/** A browser with this client address; needs BEHIND_PROXY. */
export const browserAt = (app: TestApp, address: string) => app.browser({ headers: { 'x-forwarded-for': address } });

/** One login attempt from this client address. */
export const guess = (
  app: TestApp,
  { email }: Person,
  password: string,
  address = '192.0.2.1',
): Promise<GraphQLResponse> => browserAt(app, address).send(LOGIN, { email, password });

/** Wrong passwords in a row, without ever hitting a delay between attempts. Returns the error codes. */
export async function guessWrong(
  app: TestApp,
  person: Person,
  times: number,
  address?: string,
): Promise<(string | undefined)[]> {
  const codes: (string | undefined)[] = [];
  for (let index = 0; index < times; index++) {
    codes.push((await guess(app, person, `wrong guess ${index}`, address)).code);
    app.clock.advance({ seconds: 20 });
  }
  return codes;
}
