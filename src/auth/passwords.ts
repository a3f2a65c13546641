import { createHmac, randomBytes } from 'node:crypto';
import type { InputIssue, InputRule } from '../core/errors.ts';
import type { Options } from '../options.ts';
import { isCommon } from './common-passwords.ts';
import type { EmailAddress } from './email-address.ts';
import type { Hasher } from './hasher.ts';

/** ASVS 6.2.9 requires at least 64. A longer password is refused before it is hashed, never truncated. */
const MAX_CHARACTERS = 256;
/** The same in UTF-16 units: no character takes more than four in NFD. */
const MAX_UTF16_UNITS = 4 * MAX_CHARACTERS;
const SERVICE = 'bienvenue';
/** A shorter name is part of too many good passwords. */
const MIN_NAME_LENGTH = 4;

/** Scheme, id of the key, bcrypt hash: bv1$k1$$2b$12$… */
const STORED = /^bv1\$([A-Za-z0-9_-]{1,16})\$(\$2b\$(\d\d)\$[./A-Za-z0-9]{53})$/;

/** The key when no pepper is configured. Even this public key prevents a match with bcrypt hashes leaked elsewhere. */
const NO_PEPPER = { id: 'none', secret: 'bienvenue password, no pepper' };

/** The id of the pepper that a stored hash needs; undefined when it needs none. */
export function pepperIdOf(stored: string): string | undefined {
  const keyId = STORED.exec(stored)?.[1];
  return keyId === NO_PEPPER.id ? undefined : keyId;
}

/** Password rules and storage. */
export class Passwords {
  constructor(
    private readonly hasher: Hasher,
    private readonly options: Pick<Options, 'passwordMinLength' | 'passwordPepper' | 'brandName'>,
  ) {}

  /** Why the password is refused, as issues of the named argument; empty when it is accepted. */
  issues(field: string, password: string, owner: EmailAddress | null): InputIssue[] {
    const issue = (rule: InputRule, message: string) => [{ field, rule, message }];
    if (!password.isWellFormed())
      return issue('INVALID', 'This password contains a character that cannot be stored. Please type it again.');

    const { passwordMinLength: minLength, brandName = SERVICE } = this.options;
    if (!this.isPossible(password)) return issue('TOO_LONG', `Please use at most ${MAX_CHARACTERS} characters.`);
    const text = password.normalize('NFC');
    if ([...text].length < minLength) return issue('TOO_SHORT', `Please use at least ${minLength} characters.`);
    if (isCommon(text)) return issue('TOO_COMMON', 'This is a commonly used password. Please choose another.');
    if (isPersonal(text, owner, brandName))
      return issue('TOO_PERSONAL', 'Please do not use your address or the name of this service in your password.');
    return [];
  }

  /** The value to store. Throws BUSY. */
  async hash(password: string): Promise<string> {
    const key = this.currentKey;
    return `bv1$${key.id}$${await this.hasher.hash(preHash(key.secret, password))}`;
  }

  /**
   * Whether the password matches the stored value. A mismatch takes the time of one hash at the current cost, even when
   * nothing is stored; longer only for a hash of a higher, earlier cost. Throws BUSY.
   */
  async verify(password: string, stored: string | null | undefined): Promise<boolean> {
    const [, keyId, hash, cost] = STORED.exec(stored ?? '') ?? [];
    const key = [...this.options.passwordPepper, NO_PEPPER].find(({ id }) => id === keyId);
    if (!hash || !key) {
      await this.spendHashTime(preHash(NO_PEPPER.secret, password), this.hasher.cost);
      return false;
    }
    const secret = preHash(key.secret, password);
    const matches = await this.hasher.matches(secret, hash);
    // 2^c + 2^c + 2^(c+1) + … + 2^(C-1) = 2^C: a mismatch with an old, cheaper hash takes as long as no account.
    if (!matches)
      for (let spent = Number(cost); spent < this.hasher.cost; spent++) await this.spendHashTime(secret, spent);
    return matches;
  }

  /** Whether the stored hash has another cost or key than new ones. */
  isOutdated(stored: string): boolean {
    const [, keyId, , cost] = STORED.exec(stored) ?? [];
    return keyId !== this.currentKey.id || Number(cost) !== this.hasher.cost;
  }

  /** Whether the stored hash needs a pepper that is no longer configured, so that no password can match it. */
  isOrphaned(stored: string): boolean {
    const keyId = STORED.exec(stored)?.[1];
    return ![...this.options.passwordPepper, NO_PEPPER].some(({ id }) => id === keyId);
  }

  /** Throws BUSY when a hash would be refused now. */
  assertCapacity(): void {
    this.hasher.assertCapacity();
  }

  /** Whether it could be a stored password: well-formed and not too long. */
  isPossible(password: string): boolean {
    // The length first: normalizing a long text is expensive.
    if (password.length > MAX_UTF16_UNITS || !password.isWellFormed()) return false;
    return [...password.normalize('NFC')].length <= MAX_CHARACTERS;
  }

  private get currentKey() {
    return this.options.passwordPepper[0] ?? NO_PEPPER;
  }

  /** Takes the time of one comparison. */
  private async spendHashTime(secret: string, cost: number): Promise<void> {
    await this.hasher.matches(secret, randomHash(cost));
  }
}

/**
 * bcrypt ignores everything after 72 bytes. HMAC-SHA-384 in base64 is 64 characters without a NUL, so that every byte of
 * the password counts (OWASP Password Storage Cheat Sheet, "Pre-Hashing Passwords with bcrypt").
 */
function preHash(key: string, password: string): string {
  return createHmac('sha384', key).update(password.normalize('NFC'), 'utf8').digest('base64');
}

/** 22 characters of salt, 31 of hash. The last character of each uses only some of its bits, so it is fixed. */
const randomHash = (cost: number) => {
  const letters = randomBytes(40).toString('base64').replaceAll('+', '.').replaceAll('=', '');
  return `$2b$${String(cost).padStart(2, '0')}$${letters.slice(0, 21)}O${letters.slice(21, 51)}O`;
};

function isPersonal(password: string, owner: EmailAddress | null, service: string): boolean {
  const text = password.toLowerCase();
  const bare = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const [local = '', domain = ''] = owner?.canonical.split('@') ?? [];
  const own = [owner?.canonical, owner?.address.toLowerCase()].some(word => word && text.includes(word));
  return (
    own || namesService(text, service) || [local, domain].some(word => word !== '' && (text === word || bare === word))
  );
}

/** "Acme Bank" is also found in "acmebank-2026". */
function namesService(text: string, service: string): boolean {
  const [haystack = '', name = ''] = [text, service.toLowerCase()].map(value => value.replace(/[^\p{L}\p{N}]/gu, ''));
  return name.length >= MIN_NAME_LENGTH && haystack.includes(name);
}
