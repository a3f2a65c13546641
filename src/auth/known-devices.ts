import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Clock, DAY } from '../core/clock.ts';
import type { User } from './user.entity.ts';
import type { DeviceOwner, Users } from './users.ts';

/** In milliseconds, since the last sign-in on the device. */
export const DEVICE_LIFETIME = 180 * DAY;

/** Users remembered per browser. Beyond this the one whose sign-in is oldest is dropped. */
const MAX_USERS = 4;

/** Time of the sign-in (milliseconds, base 36), device name, and an HMAC over both. */
const ENTRY = /^([0-9a-z]{8,9})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** Checked instead of an account that does not exist, so that both take the same time. */
const NO_OWNER: DeviceOwner = {
  id: '00000000-0000-7000-8000-000000000000',
  credentialVersion: 1,
  passwordHash: randomBytes(32).toString('hex'),
};

/**
 * Recognizes a browser on which the owner of an account has signed in before (OWASP "device cookies"). The cookie grants
 * no access; wrong passwords from such a browser are counted separately, so that attackers cannot lock the owner out.
 *
 * The HMAC is keyed by the stored password hash: there is no further secret to store, a new password makes all devices
 * unknown, and the salt in the hash prevents testing passwords against the HMAC (docs/decisions/0011).
 */
export class KnownDevices {
  private readonly presented: Entry[];
  /** By user id. Kept, because a sign-in may renew the hash that the entry is signed with. */
  private readonly recognized = new Map<string, Entry>();

  /** `cookie` is the unchecked value from the request. */
  constructor(
    cookie: string | undefined,
    private readonly users: Users,
    private readonly clock: Clock,
  ) {
    this.presented = (cookie ?? '').split('~').flatMap(readEntry).slice(0, MAX_USERS);
  }

  /**
   * Name of the device if it is known for this canonical address. Called before an attempt is counted, also for attempts
   * that will be refused, so it takes the same time with and without an account.
   */
  async nameFor(account: string): Promise<string | undefined> {
    if (this.presented.length === 0) return undefined;
    const owner = await this.users.findDeviceOwner(account);
    const entry = this.entryOf(owner ?? NO_OWNER);
    if (owner && entry) this.recognized.set(owner.id, entry);
    return entry?.name;
  }

  /** Whether this user has signed in on the device before. */
  isKnown(user: User): boolean {
    return this.knownEntryOf(user) !== undefined;
  }

  /** The new value of the cookie after this user has signed in. */
  with(user: User): string {
    const known = this.knownEntryOf(user);
    const others = this.presented.filter(entry => entry !== known).map(({ text }) => text);
    const name = known?.name ?? randomBytes(16).toString('base64url');
    const own = signed(user, this.clock.now().getTime().toString(36), name);
    return [...(own ? [own] : []), ...others].slice(0, MAX_USERS).join('~');
  }

  private knownEntryOf(user: User): Entry | undefined {
    return this.recognized.get(user.id) ?? this.entryOf(user);
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
  const [, at, name] = ENTRY.exec(text) ?? [];
  return at && name ? [{ text, at, name }] : [];
}

/** Undefined for an account without a password. */
function signed({ id, credentialVersion, passwordHash }: DeviceOwner, at: string, name: string): string | undefined {
  if (passwordHash === null) return undefined;
  const content = JSON.stringify(['known-device', id, credentialVersion, at, name]);
  return `${at}.${name}.${createHmac('sha256', passwordHash).update(content).digest('base64url')}`;
}

const isSame = (one: string, other: string | undefined) =>
  other !== undefined && one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
