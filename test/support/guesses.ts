import { LOGIN, type Person, type TestApp } from './app.ts';
import type { Answer } from './browser.ts';

/** The peer of every test is a trusted proxy, so that a test can say where a request comes from. */
export const BEHIND_PROXY = { BIENVENUE_TRUSTED_PROXIES: '127.0.0.0/8' };

/** A browser at this network address; wants BEHIND_PROXY. */
export const browserAt = (app: TestApp, address: string) => app.browser({ headers: { 'x-forwarded-for': address } });

/** One try to log in, from this network address. */
export const guess = (app: TestApp, { email }: Person, password: string, address = '192.0.2.1'): Promise<Answer> =>
  browserAt(app, address).send(LOGIN, { email, password });

/** So many wrong guesses in a row, each as soon as it may be; gives how they were answered. */
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
