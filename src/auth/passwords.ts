import { createHmac, randomBytes } from 'node:crypto';
import type { InputIssue, InputRule } from '../core/errors.ts';
import type { Options } from '../options.ts';
import { isCommon } from './common-passwords.ts';
import type { EmailAddress } from './email-address.ts';
import type { Hasher } from './hasher.ts';

/** ASVS 6.2.9 asks for 64 at least. Past this a password is refused before any hashing; it is never cut. */
const LONGEST = 256;
/** The same in UTF-16 units, however it is spelled: no character takes more than four in NFD. */
const LONGEST_SPELLING = 4 * LONGEST;
const SERVICE = 'bienvenue';

/** The scheme, its key's id, and what bcrypt made of it: bv1$k1$$2b$12$… */
const STORED = /^bv1\$([A-Za-z0-9_-]{1,16})\$(\$2b\$(\d\d)\$[./A-Za-z0-9]{53})$/;

/** Without a pepper the key is public: it still makes our hashes useless for testing leaks of other sites against. */
const NO_PEPPER = { id: 'none', secret: 'bienvenue password, no pepper' };

/** The id of the pepper that a stored hash needs; undefined when it needs none. */
export function pepperIdOf(stored: string): string | undefined {
  const keyId = STORED.exec(stored)?.[1];
  return keyId === NO_PEPPER.id ? undefined : keyId;
}

/** What a good password is, and how it is kept. */
export class Passwords {
  constructor(
    private readonly hasher: Hasher,
    private readonly options: Pick<Options, 'passwordMinLength' | 'passwordPepper'>,
  ) {}

  /** Why a password would be refused, for the argument that it came in; nothing when it is good. */
  issues(field: string, password: string, owner: EmailAddress | null): InputIssue[] {
    const fault = (rule: InputRule, message: string) => [{ field, rule, message }];
    if (!password.isWellFormed()) return fault('INVALID', 'This password holds a character that does not exist.');

    const { passwordMinLength: minLength } = this.options;
    if (!this.isPossible(password)) return fault('TOO_LONG', `Please use at most ${LONGEST} characters.`);
    const text = password.normalize('NFC');
    if ([...text].length < minLength) return fault('TOO_SHORT', `Please use at least ${minLength} characters.`);
    if (isCommon(text))
      return fault('TOO_COMMON', 'This password is on the list of common ones. Please choose another.');
    if (isPersonal(text, owner))
      return fault('TOO_PERSONAL', 'Please do not use your address or the name of this service in your password.');
    return [];
  }

  /** What to store. Throws BUSY. */
  async hash(password: string): Promise<string> {
    const key = this.currentKey;
    return `bv1$${key.id}$${await this.hasher.hash(preHash(key.secret, password))}`;
  }

  /**
   * Whether the password is the stored one. Takes the time of a hash at today's cost when it is not, whatever is
   * stored, or nothing. Throws BUSY.
   */
  async verify(password: string, stored: string | null | undefined): Promise<boolean> {
    const [, keyId, hash, cost] = STORED.exec(stored ?? '') ?? [];
    const key = [...this.options.passwordPepper, NO_PEPPER].find(({ id }) => id === keyId);
    if (!hash || !key) {
      await this.spend(preHash(NO_PEPPER.secret, password), this.hasher.cost);
      return false;
    }
    const secret = preHash(key.secret, password);
    const matches = await this.hasher.matches(secret, hash);
    // c + c + (c+1) + … + (C-1) add up to the work of C: an old, cheaper hash must not answer sooner than no account.
    if (!matches) for (let spent = Number(cost); spent < this.hasher.cost; spent++) await this.spend(secret, spent);
    return matches;
  }

  /** Whether a stored hash is of another cost or key than new ones get. */
  isOutdated(stored: string): boolean {
    const [, keyId, , cost] = STORED.exec(stored) ?? [];
    return keyId !== this.currentKey.id || Number(cost) !== this.hasher.cost;
  }

  /** Whether the stored hash needs a key that is not configured any more: it can match nothing, and somebody should know. */
  isOrphaned(stored: string): boolean {
    const keyId = STORED.exec(stored)?.[1];
    return ![...this.options.passwordPepper, NO_PEPPER].some(({ id }) => id === keyId);
  }

  /** Throws BUSY when a hash asked for now would be refused. */
  assertCapacity(): void {
    this.hasher.assertCapacity();
  }

  /** Whether it could be anybody's password at all. */
  isPossible(password: string): boolean {
    // Normalizing takes its time with what is long: so the first question is the cheap one.
    if (password.length > LONGEST_SPELLING || !password.isWellFormed()) return false;
    return [...password.normalize('NFC')].length <= LONGEST;
  }

  private get currentKey() {
    return this.options.passwordPepper[0] ?? NO_PEPPER;
  }

  /** Does the work of one comparison against a hash that nobody has. */
  private async spend(secret: string, cost: number): Promise<void> {
    await this.hasher.matches(secret, nobodysHash(cost));
  }
}

/**
 * bcrypt reads 72 bytes and no more. 48 bytes of HMAC-SHA-384 in base64 are 64 characters without a NUL: so every
 * byte of the password counts (OWASP Password Storage Cheat Sheet, "Pre-Hashing Passwords with bcrypt").
 */
function preHash(key: string, password: string): string {
  return createHmac('sha384', key).update(password.normalize('NFC'), 'utf8').digest('base64');
}

/** 22 characters of salt, 31 of hash; the last of each has only some of its bits in use. */
const nobodysHash = (cost: number) => {
  const letters = randomBytes(40).toString('base64').replaceAll('+', '.').replaceAll('=', '');
  return `$2b$${String(cost).padStart(2, '0')}$${letters.slice(0, 21)}O${letters.slice(21, 51)}O`;
};

function isPersonal(password: string, owner: EmailAddress | null): boolean {
  const text = password.toLowerCase();
  const bare = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const [local = '', domain = ''] = owner?.canonical.split('@') ?? [];
  const own = [owner?.canonical, owner?.address.toLowerCase(), SERVICE].some(word => word && text.includes(word));
  return own || [local, domain].some(word => word !== '' && (text === word || bare === word));
}
