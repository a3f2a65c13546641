import { readdirSync, readlinkSync } from 'node:fs';
import { createAuth } from '../../src/create-auth.ts';
import { startApp } from '../support/app.ts';
import { newDatabase } from '../support/databases/new-database.ts';

/** Descriptors of this process that are open on the database with this URL. */
function openDescriptors(url: string): string[] {
  const targets = readdirSync('/proc/self/fd').map(descriptor => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      // The descriptor of the directory that was just read.
      return '';
    }
  });
  return targets.filter(target => target.startsWith(url.replace('sqlite:', '')));
}

describe('createAuth()', () => {
  it.each([
    ['migrations are pending', 'delete from bienvenue_migrations', { migrate: 'manual' }],
    ['the session query cannot be prepared', 'drop table sessions', {}],
  ] as const)('closes what it had opened when %s', async (_, damage, options) => {
    const database = await newDatabase();
    const app = await startApp({ database });
    await app.close();
    await database.rows(damage);

    for (let attempt = 0; attempt < 3; attempt++)
      await expect(createAuth({ databaseUrl: database.url, logLevel: 'silent', ...options })).rejects.toThrow();
    expect(openDescriptors(database.url)).toEqual([]);
    await database.drop();
  });
});
