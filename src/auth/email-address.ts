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
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const NUMERIC_LABEL = /(^|\.)\d+$/;

/** Reads one addr-spec, or gives null for anything else. One function for every path and every database. */
export function parseEmail(input: string): EmailAddress | null {
  if (!input.isWellFormed() || input.length > LONGEST) return null;
  const address = input.normalize('NFC');
  const [local = '', domain = '', ...rest] = address.split('@');
  if (rest.length > 0 || Buffer.byteLength(address) > LONGEST) return null;

  // Look-alikes that a compatibility mapping would fold onto ASCII (the Kelvin sign, the long s, full-width forms)
  // are nobody's address: refused here, they can never be mistaken for somebody's.
  if (!LOCAL_PART.test(local) || local !== local.normalize('NFKC')) return null;

  const host = /[/\\?#:%[\]]/.test(domain) ? '' : domainToASCII(domain);
  if (!DOMAIN.test(host) || NUMERIC_LABEL.test(host)) return null;
  return { address, canonical: `${asciiLowerCase(local)}@${host}` };
}

/** Not toLowerCase(), which turns the Kelvin sign into a k. */
const asciiLowerCase = (text: string) => text.replace(/[A-Z]/g, letter => letter.toLowerCase());
