import { createLog, describeError } from '../src/core/log.ts';

/** The service logs no client input today; these tests cover the log for any future input. */
describe('the log', () => {
  const linesOf = (write: (log: ReturnType<typeof createLog>) => void): string[] => {
    const lines: string[] = [];
    write(createLog('trace', { write: line => void lines.push(line) }));
    return lines;
  };

  it.each([
    ['a line break', 'a\r\n{"level":"info","msg":"forged"}'],
    ['a line separator of Unicode', 'a\u2028b\u2029c\u0085d'],
    ['an escape sequence', '\u001b[2J\u001b]0;title\u0007'],
    ['text direction marks', 'a\u202Eb\u2066c\u200Fd\uFEFF'],
  ])('LO-2: writes one line and escapes %s', (_, text) => {
    const lines = linesOf(log => log.info(text, { path: text }));

    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    const { msg, path } = JSON.parse(String(lines[0]));
    expect(msg).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(path).toBe(msg);
  });

  it('LO-2: truncates long values', () => {
    const [line = ''] = linesOf(log => log.info('x'.repeat(1_000_000), { path: 'y'.repeat(1_000_000) }));

    expect(JSON.parse(line)).toMatchObject({ msg: 'x'.repeat(1024), path: 'y'.repeat(1024) });
  });

  it('LO-2: truncates values that escaping makes long', () => {
    const [line = ''] = linesOf(log => log.info('x', { path: '\u202E'.repeat(1_000_000) }));

    expect(JSON.parse(line).path.length).toBeLessThanOrEqual(1024);
  });

  it('LO-1: describes an error by class, code and location, without its message', () => {
    const error = Object.assign(new TypeError('secret one'), {
      code: 'SQLITE_ERROR',
      cause: new RangeError('secret two'),
    });

    expect(describeError(error)).toEqual({
      error: 'TypeError SQLITE_ERROR, caused by RangeError',
      at: expect.stringMatching(/log\.test\.ts:\d+:\d+$/),
    });
    expect(describeError('secret three')).toEqual({ error: 'string' });
    expect(describeError(Object.assign(new Error('x'), { code: 'secret four; drop' }))).toMatchObject({
      error: 'Error',
    });
  });
});
