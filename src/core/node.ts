import * as crypto from 'node:crypto';
import { types } from 'node:util';

// Functions that Node 24 has and Node 22 lacks. Everything else in src runs on Node 22.17 as well.

/** A UUID version 7 (RFC 9562, 5.7): 48 bits of time in milliseconds, then 74 random bits. */
export const uuidV7: () => string = crypto.randomUUIDv7 ?? (() => uuidV7From(Date.now(), crypto.randomBytes(16)));

/** A UUID version 7 that sorts after every one that this process made before (RFC 9562, 6.2, method 1). */
export function monotonicUuidV7(): string {
  const now = Date.now();
  [lastTime, sequence] = now > lastTime ? [now, 0] : [lastTime + (sequence === 0xfff ? 1 : 0), (sequence + 1) & 0xfff];
  const bytes = crypto.randomBytes(16);
  bytes.writeUInt16BE(sequence, 6);
  return uuidV7From(lastTime, bytes);
}

let lastTime = 0;
let sequence = 0;

/** Error.isError: true for errors of another realm as well. */
export const isError: (value: unknown) => value is Error =
  Error.isError ?? ((value): value is Error => types.isNativeError(value) || value instanceof Error);

/** The fallback of uuidV7, from sixteen random bytes. */
export function uuidV7From(time: number, bytes: Buffer): string {
  bytes.writeUIntBE(time, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
