import { ConnectionException, LockWaitTimeoutException, ReadOnlyException } from '@mikro-orm/core';
import { AuthError, ERRORS, type ErrorCode, INPUT_RULES, throwInputIssues } from '../src/core/errors.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('the catalogue of errors', () => {
  it.each(CODES)('%s has a sentence for a person and a description for a programmer', code => {
    const { message, description } = ERRORS[code];

    expect(message).toMatch(/^[A-Z][^_{}`]{10,}\.$/);
    expect(description).toMatch(/^[A-Z].{10,}\.$/);
    expect(message).not.toContain(code);
  });

  it('says each thing once', () => {
    expect(new Set(CODES.map(code => ERRORS[code].message)).size).toBe(CODES.length);
    expect(new Set(CODES.map(code => ERRORS[code].description)).size).toBe(CODES.length);
  });

  it.each(Object.entries(INPUT_RULES))('the rule %s has a description', (_, description) => {
    expect(description).toMatch(/^[A-Z].{10,}\.$/);
  });
});

describe('an error on purpose', () => {
  it('has a public half and a cause for the log', () => {
    const cause = new Error('what really happened');
    const fields = [{ field: 'email', rule: 'INVALID', message: 'This is not an e-mail address.' } as const];
    const error = new AuthError('BAD_USER_INPUT', { cause, fields: [...fields], retryAfter: 3 });

    expect(error).toMatchObject({ name: 'AuthError', code: 'BAD_USER_INPUT', cause, fields, retryAfter: 3 });
    expect(error.message).toBe(ERRORS.BAD_USER_INPUT.message);
  });

  it('is shown as it is', () => {
    const error = new AuthError('EMAIL_TAKEN');

    expect(AuthError.of(error)).toBe(error);
  });

  it('is thrown by refuse() when there is something to refuse, and only then', () => {
    const fault = { field: 'name', rule: 'TOO_LONG', message: 'Too long.' } as const;

    expect(() => throwInputIssues([])).not.toThrow();
    expect(() => throwInputIssues([fault])).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', fields: [fault] }),
    );
  });
});

describe('an error that nobody threw on purpose', () => {
  const driver = (code: string) => Object.assign(new Error('select * from users where canary'), { code });

  it.each<[string, unknown]>([
    ['an exception', new TypeError('canary')],
    [
      'one that calls itself ours',
      Object.assign(new Error('canary'), { name: 'AuthError', code: 'EMAIL_TAKEN', message: 'canary' }),
    ],
    ['a text', 'canary'],
    ['nothing', undefined],
    ['null', null],
    ['an object', { message: 'canary', code: 'INVALID_CREDENTIALS' }],
    ['a wrong statement', driver('SQLITE_ERROR')],
    ['a broken constraint', driver('SQLITE_CONSTRAINT_UNIQUE')],
  ])('is masked, and kept for the log: %s', (_, thrown) => {
    const error = AuthError.of(thrown);

    expect(error.code).toBe('INTERNAL_SERVER_ERROR');
    expect(error.message).toBe(ERRORS.INTERNAL_SERVER_ERROR.message);
    expect(error.cause).toBe(thrown);
    expect(error.fields).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ...['BUSY', 'BUSY_SNAPSHOT', 'LOCKED', 'FULL', 'IOERR_WRITE', 'CANTOPEN', 'READONLY', 'CORRUPT', 'NOTADB'].map(
      code => [`SQLITE_${code}`, driver(`SQLITE_${code}`)] as [string, unknown],
    ),
    ['a lost connection', new ConnectionException(new Error('canary'))],
    ['a lock that did not come', new LockWaitTimeoutException(new Error('canary'))],
    ['a database that is read only', new ReadOnlyException(new Error('canary'))],
  ])('says that the service cannot answer right now: %s', (_, thrown) => {
    const error = AuthError.of(thrown);

    expect(error.code).toBe('UNAVAILABLE');
    expect(error.message).toBe(ERRORS.UNAVAILABLE.message);
    expect(error.cause).toBe(thrown);
  });
});
