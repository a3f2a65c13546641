import type { Clock } from '../core/clock.ts';
import { ConfigError } from '../options/define.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import { pepperIdOf } from './passwords.ts';
import { Users } from './users.ts';

/** Only the newest accounts are checked, by primary key, so that the cost does not grow with the number of users. */
const SAMPLE_SIZE = 100;

/**
 * Refuses to start without any pepper when stored hashes need one: no user could log in, and new hashes would be stored
 * without it. Another pepper is accepted, since that is how to recover from a lost key: users then reset their passwords.
 */
export async function assertPepperPresent(em: EntityManager, { passwordPepper }: Options, clock: Clock): Promise<void> {
  if (passwordPepper.length > 0) return;
  const hashes = await new Users(em, clock).findNewestPasswordHashes(SAMPLE_SIZE);
  const id = hashes.map(pepperIdOf).find(id => id !== undefined);
  if (id === undefined) return;
  throw new ConfigError([
    `BIENVENUE_PASSWORD_PEPPER: missing, but stored password hashes need its key ${id}; set it as ${id}:SECRET. If the secret is lost, set a new key: users then reset their passwords.`,
  ]);
}
