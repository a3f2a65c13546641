import { domainToASCII } from 'node:url';

/** An address in two forms. Mail goes to the first, accounts are told apart by the second. */
export interface EmailAddress {
  /** As it was typed, in NFC. */
  address: string;
  /** The same for every way of writing one mailbox: domain in IDNA lower case, local part in ASCII lower case. */
  canonical: string;
}

/** RFC 5321 4.5.3.1.3: a path of 256 octets with its angle brackets. */
const LONGEST = 254;

/** RFC 5322 atoms, with the letters, marks and digits of RFC 6532. Quoted local parts and comments are refused. */
const LOCAL_PART = /^[\p{L}\p{M}\p{Nd}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{Nd}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** RFC 1035: labels of 63, all of it 253. */
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** All that NFC turns into ASCII by itself: Kelvin sign, Greek question mark and varia, two spaces. */
const FOLDS_TO_ASCII = /[\u212a\u037e\u1fef\u2000\u2001]/;
const NUMERIC_LABEL = /(^|\.)\d+$/;

/** Reads one addr-spec, or gives null for anything else. One function for every path and every database. */
export function parseEmail(input: string): EmailAddress | null {
  if (!input.isWellFormed() || input.length > LONGEST) return null;
  // The Kelvin sign is a K to NFC already.
  if (FOLDS_TO_ASCII.test(input)) return null;
  const address = input.normalize('NFC');
  const [local = '', domain = '', ...rest] = address.split('@');
  if (rest.length > 0 || Buffer.byteLength(address) > LONGEST) return null;

  // Look-alikes that a compatibility mapping would fold onto ASCII (the long s, full-width forms)
  // are nobody's address: refused here, they can never be mistaken for somebody's.
  if (!LOCAL_PART.test(local) || local !== local.normalize('NFKC')) return null;

  const host = /[/\\?#:%[\]]/.test(domain) ? '' : domainToASCII(domain);
  if (!DOMAIN.test(host) || NUMERIC_LABEL.test(host)) return null;
  const canonical = `${asciiLowerCase(local)}@${host}`;
  return Buffer.byteLength(canonical) <= LONGEST ? { address, canonical } : null;
}

/** Not toLowerCase(), which turns the Kelvin sign into a k. */
const asciiLowerCase = (text: string) => text.replace(/[A-Z]/g, letter => letter.toLowerCase());
