import type { Browser, Person, TestApp } from './app.ts';
import { PROFILE } from './operations.ts';

/** The id of the user who is signed in. */
export const idOf = async (browser: Browser): Promise<string> => (await browser.send(PROFILE)).data.profile.id;

/** Registers a user and grants roles, ADMIN by default. */
export async function registerAdmin(app: TestApp, person: Person, roles = ['ADMIN']): Promise<Browser> {
  const browser = await app.register(person);
  const id = await idOf(browser);
  await app.auth.work(({ admin }) => admin.setRoles(id, roles));
  return browser;
}
