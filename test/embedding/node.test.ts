import { randomBytes } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { isError, uuidV7, uuidV7From } from '../../src/core/node.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the replacements for functions that Node 22 lacks', () => {
  it('create a UUID version 7 that contains the time and is unique', () => {
    expect(uuidV7()).toMatch(UUID_V7);
    expect(new Set(Array.from({ length: 1000 }, uuidV7)).size).toBe(1000);
    const time = Date.UTC(2026, 10, 29);

    const uuid = uuidV7From(time, randomBytes(16));

    expect(uuid).toMatch(UUID_V7);
    expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).toBe(time);
  });

  it('set the version and the variant bits for any random bytes', () => {
    expect(uuidV7From(0, Buffer.alloc(16, 0xff))).toBe('00000000-0000-7fff-bfff-ffffffffffff');
    expect(uuidV7From(0, Buffer.alloc(16))).toBe('00000000-0000-7000-8000-000000000000');
  });

  it.each([new Error('x'), new TypeError('x'), runInNewContext('new Error("x")')])('recognize an error: %s', value => {
    expect(isError(value)).toBe(true);
  });

  it.each([{ name: 'Error', message: 'x', stack: '' }, 'x', null, undefined])(
    'do not recognize %p as an error',
    value => {
      expect(isError(value)).toBe(false);
    },
  );
});
