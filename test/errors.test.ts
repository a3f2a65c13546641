import { ConnectionException, LockWaitTimeoutException, ReadOnlyException } from '@mikro-orm/core';
import { GraphQLObjectType, GraphQLSchema, GraphQLString, graphql } from 'graphql';
import { AuthError, ERRORS, type ErrorCode, INPUT_RULES, throwInputIssues } from '../src/core/errors.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('the list of errors', () => {
  it.each(CODES)('%s has a message for users and a description for developers', code => {
    const { message, description } = ERRORS[code];

    expect(message).toMatch(/^[A-Z][^_{}`]{10,}\.$/);
    expect(description).toMatch(/^[A-Z].{10,}\.$/);
    expect(message).not.toContain(code);
  });

  it('has no duplicate message or description', () => {
    expect(new Set(CODES.map(code => ERRORS[code].message)).size).toBe(CODES.length);
    expect(new Set(CODES.map(code => ERRORS[code].description)).size).toBe(CODES.length);
  });

  it.each(Object.entries(INPUT_RULES))('the rule %s has a description', (_, description) => {
    expect(description).toMatch(/^[A-Z].{10,}\.$/);
  });
});

describe('an AuthError', () => {
  it('has public extensions, and a cause for the log', () => {
    const cause = new Error('what really happened');
    const fields = [{ field: 'email', rule: 'INVALID', message: 'This is not an e-mail address.' } as const];
    const error = new AuthError('BAD_USER_INPUT', { cause, fields: [...fields], retryAfter: 3 });

    expect(error).toMatchObject({ name: 'AuthError', code: 'BAD_USER_INPUT', cause, fields, retryAfter: 3 });
    expect(error.message).toBe(ERRORS.BAD_USER_INPUT.message);
    expect(Object.hasOwn(error, 'extensions')).toBe(true);
    expect(error.extensions).toEqual({ code: 'BAD_USER_INPUT', fields, retryAfter: 3 });
  });

  it('reaches the client with its code without a formatError', async () => {
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: {
        taken: {
          type: GraphQLString,
          resolve: () => {
            throw new AuthError('EMAIL_TAKEN', { cause: 'secret' });
          },
        },
      },
    });

    const { errors } = await graphql({ schema: new GraphQLSchema({ query }), source: '{ taken }' });

    expect(JSON.parse(JSON.stringify(errors))).toEqual([
      expect.objectContaining({ message: ERRORS.EMAIL_TAKEN.message, extensions: { code: 'EMAIL_TAKEN' } }),
    ]);
  });

  it('is not masked', () => {
    const error = new AuthError('EMAIL_TAKEN');

    expect(AuthError.of(error)).toBe(error);
  });

  it('is thrown by throwInputIssues() if there are issues, and only then', () => {
    const issue = { field: 'name', rule: 'TOO_LONG', message: 'Too long.' } as const;

    expect(() => throwInputIssues([])).not.toThrow();
    expect(() => throwInputIssues([issue])).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', fields: [issue] }),
    );
  });
});

describe('any other error', () => {
  const driver = (code: string) => Object.assign(new Error('select * from users where canary'), { code });

  it.each<[string, unknown]>([
    ['an exception', new TypeError('canary')],
    [
      'an error that imitates an AuthError',
      Object.assign(new Error('canary'), { name: 'AuthError', code: 'EMAIL_TAKEN', message: 'canary' }),
    ],
    ['a string', 'canary'],
    ['undefined', undefined],
    ['null', null],
    ['an object', { message: 'canary', code: 'INVALID_CREDENTIALS' }],
    ['an invalid statement', driver('SQLITE_ERROR')],
    ['a violated constraint', driver('SQLITE_CONSTRAINT_UNIQUE')],
  ])('is masked, and kept as the cause for the log: %s', (_, thrown) => {
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
    ['a lock timeout', new LockWaitTimeoutException(new Error('canary'))],
    ['a read-only database', new ReadOnlyException(new Error('canary'))],
  ])('becomes UNAVAILABLE if it is temporary: %s', (_, thrown) => {
    const error = AuthError.of(thrown);

    expect(error.code).toBe('UNAVAILABLE');
    expect(error.message).toBe(ERRORS.UNAVAILABLE.message);
    expect(error.cause).toBe(thrown);
  });
});
