import { hash, randomBytes } from 'node:crypto';

/** Something only its holder knows, and the hash of it that we keep. */
export interface Secret {
  /** 32 random bytes, base64url: 256 bits, so it needs no slow hash. */
  token: string;
  hash: string;
}

const FORM = /^[A-Za-z0-9_-]{43}$/;

export function newSecret(): Secret {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token) };
}

/** Whether it can be one of ours at all; what is not never reaches the database. */
export const isSecret = (text: string): boolean => FORM.test(text);

export const hashOf = (token: string): string => hash('sha256', token);
