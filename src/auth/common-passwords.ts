import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../core/package.ts';

/** Bytes of a SHA-256 per entry: a password that is not on the list matches one by chance in two million cases. */
const ENTRY_BYTES = 5;

export const entryOf = (password: string): Buffer =>
  createHash('sha256').update(password.toLowerCase()).digest().subarray(0, ENTRY_BYTES);

let list: Buffer | undefined;

/** Whether the whole password, regardless of case, is on the list of passwords that attackers try first. */
export function isCommon(password: string): boolean {
  list ??= readFileSync(packageFile('dist/assets/common-passwords.bin'));
  const wanted = entryOf(password);
  let low = 0;
  let high = list.length / ENTRY_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = list.compare(wanted, 0, ENTRY_BYTES, middle * ENTRY_BYTES, (middle + 1) * ENTRY_BYTES);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
