import { Users } from '../auth/users.ts';
import { systemClock } from '../core/clock.ts';
import { openDatabase } from '../database.ts';
import { loadOptions } from '../server/environment.ts';
import { type Command, UsageError } from './command.ts';

/** Lists the accounts that get no mail because of their stored address. Exit code 1 when there are any. */
export const checkCommand: Command = async args => {
  if (args.length > 0) throw new UsageError('check takes no arguments');
  const database = await openDatabase(loadOptions(), { withoutTimeouts: true });
  let found = 0;
  try {
    for await (const { id, email, canonicalEmail } of new Users(database.orm.em, systemClock).findUnmailable()) {
      found += 1;
      process.stdout.write(
        `${id}  stored address ${JSON.stringify(email)}, canonical address ${JSON.stringify(canonicalEmail)}\n`,
      );
    }
  } finally {
    await database.close();
  }
  process.stdout.write(`accounts whose stored address cannot receive mail: ${found}\n`);
  return found === 0 ? 0 : 1;
};
