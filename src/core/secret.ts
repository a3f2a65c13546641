import { hash, randomBytes } from 'node:crypto';

/** A random token and its hash. Only the hash is stored. */
interface Secret {
  /** 32 random bytes, base64url: 256 bits, so it needs no slow hash. */
  token: string;
  hash: string;
}

const FORM = /^[A-Za-z0-9_-]{43}$/;

export function newSecret(): Secret {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token) };
}

/** Whether the text has the form of a token. Anything else is refused without a database query. */
export const isSecret = (text: string): boolean => FORM.test(text);

/** SHA-256 in lower-case hex. */
export const hashOf = (token: string): string => hash('sha256', token);
