import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Clock, DAY } from '../core/clock.ts';
import type { User } from './user.entity.ts';
import type { DeviceOwner, Users } from './users.ts';

/** In milliseconds, from the last sign-in on the device. */
export const DEVICE_LIFETIME = 180 * DAY;

/** People share a browser; past so many the one who was not there for longest goes. */
const MOST_PEOPLE = 4;

/** When the person signed in (base 36 milliseconds), a name for the device, and the proof that we wrote both. */
const FORM = /^([0-9a-z]{8,9})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** Where there is no account, the same work is done for nobody. */
const NOBODY: DeviceOwner = {
  id: '00000000-0000-7000-8000-000000000000',
  credentialVersion: 1,
  passwordHash: randomBytes(32).toString('hex'),
};

/**
 * Tells a browser on which somebody has signed in to an account from all others (OWASP "device cookies"). It opens
 * nothing; guesses made there are counted apart, so that strangers cannot use up the tries of who lives there.
 *
 * The proof is keyed by the stored password hash: nothing more has to be stored or kept secret, a new password makes
 * every device unknown, and the salt in it keeps the proof from telling anything about the password.
 */
export class KnownDevices {
  private readonly presented: Entry[];

  /** `cookie`: what the browser brought, unchecked. */
  constructor(
    cookie: string | undefined,
    private readonly users: Users,
    private readonly clock: Clock,
  ) {
    this.presented = (cookie ?? '').split('~').flatMap(readEntry).slice(0, MOST_PEOPLE);
  }

  /**
   * The device's name, where it is known for the account of this canonical address. It is asked for before a try is
   * counted, so also for guesses that are refused: a bare row, and the same work where there is none, or the time of a
   * refusal would tell of the account.
   */
  async nameFor(account: string): Promise<string | undefined> {
    if (this.presented.length === 0) return undefined;
    const owner = await this.users.findDeviceOwner(account);
    return this.entryOf(owner ?? NOBODY)?.name;
  }

  /** What the browser is to bring next time, now that this user has signed in there. */
  with(user: User): string {
    const known = this.entryOf(user);
    const others = this.presented.filter(entry => entry !== known).map(({ text }) => text);
    const name = known?.name ?? randomBytes(16).toString('base64url');
    const own = signed(user, this.clock.now().getTime().toString(36), name);
    return [...(own ? [own] : []), ...others].slice(0, MOST_PEOPLE).join('~');
  }

  private entryOf(owner: DeviceOwner): Entry | undefined {
    const oldest = this.clock.now().getTime() - DEVICE_LIFETIME;
    return this.presented.find(
      ({ text, at, name }) => Number.parseInt(at, 36) > oldest && isSame(text, signed(owner, at, name)),
    );
  }
}

interface Entry {
  text: string;
  at: string;
  name: string;
}

function readEntry(text: string): Entry[] {
  const [, at, name] = FORM.exec(text) ?? [];
  return at && name ? [{ text, at, name }] : [];
}

/** Nothing where there is no password to guess. */
function signed({ id, credentialVersion, passwordHash }: DeviceOwner, at: string, name: string): string | undefined {
  if (passwordHash === null) return undefined;
  const said = JSON.stringify(['known-device', id, credentialVersion, at, name]);
  return `${at}.${name}.${createHmac('sha256', passwordHash).update(said).digest('base64url')}`;
}

const isSame = (one: string, other: string | undefined) =>
  other !== undefined && one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
