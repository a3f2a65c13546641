import { domainToASCII, domainToUnicode } from 'node:url';

/** One mailbox in two forms, both built from the checked parts and never from the raw input. */
export interface EmailAddress {
  /** Stored, shown and mailed: the local part as typed, in NFC, and the domain in its Unicode form. */
  address: string;
  /** Identifies the account: local part in ASCII lower case, domain in IDNA ASCII form. */
  canonical: string;
}

/** RFC 5321 4.5.3.1.3: a path of 256 octets, including its angle brackets. */
const MAX_OCTETS = 254;
/** Bounds the work on input that only spaces or a compatibility mapping could bring below the limit. */
const MAX_INPUT = 2 * MAX_OCTETS;

/**
 * Control, format and ignorable characters. The IDNA mapping drops them without an error, so `example.co\nm` would be
 * checked as `example.com`. They are refused before any mapping.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Everything that NFC itself maps to ASCII: Kelvin sign, Greek question mark and varia, two spaces. */
const NFC_TO_ASCII = /[\u212a\u037e\u1fef\u2000\u2001]/;
/** RFC 5322 atoms, with the letters, marks and digits of RFC 6532. Quoted local parts and comments are refused. */
const LOCAL_PART = /^[\p{L}\p{M}\p{Nd}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{Nd}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** RFC 1035: labels of 63 octets, 253 in total. */
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const NUMERIC_LABEL = /(^|\.)\d+$/;
const URL_DELIMITER = /[/\\?#:%[\]]/;

/** Parses one addr-spec, ignoring spaces around it, which mobile keyboards add. Null for anything else. */
export function parseEmail(input: string): EmailAddress | null {
  if (input.length > MAX_INPUT || !input.isWellFormed()) return null;
  const text = input.replace(/^ +| +$/g, '');
  if (INVISIBLE.test(text) || NFC_TO_ASCII.test(text)) return null;
  const [local = '', domain = '', ...rest] = text.normalize('NFC').split('@');
  const host = toHost(domain);
  if (rest.length > 0 || !isLocalPart(local) || host === null) return null;

  const address = `${local}@${toDisplayForm(host)}`;
  const canonical = `${asciiLowerCase(local)}@${host}`;
  return fits(address) && fits(canonical) ? { address, canonical } : null;
}

/**
 * Where mail for an account goes. Null when the stored address does not parse to the account's canonical one: an
 * earlier version accepted invisible characters, and mail to such an address could reach another domain.
 */
export function mailableAddress(user: { email: string; canonicalEmail: string }): string | null {
  const parsed = parseEmail(user.email);
  return parsed?.canonical === user.canonicalEmail ? parsed.address : null;
}

/** For a reader who may not be the owner: enough to recognize an address that one knows. */
export function maskedAddress(address: string): string {
  const [first = ''] = address;
  return `${first}***${address.slice(address.lastIndexOf('@'))}`;
}

/** Characters with a compatibility mapping (long s, full-width forms) look like ASCII, so NFKC must change nothing. */
const isLocalPart = (local: string) => LOCAL_PART.test(local) && local === local.normalize('NFKC');

function toHost(domain: string): string | null {
  const host = URL_DELIMITER.test(domain) ? '' : domainToASCII(domain);
  return HOST.test(host) && !NUMERIC_LABEL.test(host) ? host : null;
}

function toDisplayForm(host: string): string {
  const unicode = domainToUnicode(host);
  return domainToASCII(unicode) === host ? unicode : host;
}

/** Not toLowerCase(), which maps the Kelvin sign to k. */
const asciiLowerCase = (text: string) => text.replace(/[A-Z]/g, letter => letter.toLowerCase());

const fits = (text: string) => Buffer.byteLength(text) <= MAX_OCTETS;
