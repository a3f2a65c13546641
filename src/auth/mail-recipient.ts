import type { MailScope } from '../mail/mail-template.ts';
import { mailableAddress } from './email-address.ts';
import type { User } from './user.entity.ts';
import { Users } from './users.ts';

/** The account of a canonical address, and where its mail goes. Undefined when no link may be sent there. */
export async function findRecipient(
  canonicalEmail: string,
  { em, clock, log }: MailScope,
): Promise<{ user: User; to: string } | undefined> {
  const user = await new Users(em, clock).findByEmail(canonicalEmail);
  if (!user || user.disabled) return undefined;
  const to = mailableAddress(user);
  if (to !== null) return { user, to };
  log.error(
    "mail: no link sent, because an account's address does not match its canonical form; to list all of these, run: bienvenue check",
  );
  return undefined;
}
