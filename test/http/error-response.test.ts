import { GraphQLError } from 'graphql';
import { AuthError } from '../../src/core/errors.ts';
import { errorExtensions, errorResponse, HttpError } from '../../src/request/error-response.ts';

describe('the response to an error', () => {
  it('has the status, headers and message of a refused request', () => {
    const error = new HttpError(405, 'This address does not support the method.', { allow: 'GET' });

    expect(errorResponse(error)).toEqual({
      status: 405,
      headers: { allow: 'GET' },
      code: 'BAD_REQUEST',
      message: 'This address does not support the method.',
    });
    expect(errorResponse(new HttpError(403, 'Foreign origin.')).code).toBe('FORBIDDEN');
  });

  it.each([
    ['RATE_LIMITED', 429],
    ['BUSY', 503],
  ] as const)('tells the client when to retry after %s', (code, status) => {
    const response = errorResponse(new AuthError(code, { retryAfter: 7 }));

    expect(response).toMatchObject({ status, headers: { 'retry-after': '7' } });
    expect(errorExtensions(response)).toEqual({ code, retryAfter: 7 });
  });

  it('lists the issues of refused input', () => {
    const fields = [{ field: 'email', rule: 'INVALID', message: 'This is not an e-mail address.' } as const];
    const response = errorResponse(new AuthError('BAD_USER_INPUT', { fields: [...fields] }));

    expect(response).toMatchObject({ status: 400, headers: {} });
    expect(errorExtensions(response)).toEqual({ code: 'BAD_USER_INPUT', fields });
  });

  it('is the same for an error that GraphQL has wrapped', () => {
    const error = new AuthError('EMAIL_TAKEN');
    const wrapped = new GraphQLError('outer', { originalError: new GraphQLError('inner', { originalError: error }) });

    expect(errorResponse(wrapped)).toEqual(errorResponse(error));
  });

  it('masks an unexpected error and keeps it for the log', () => {
    const cause = new TypeError('canary');
    const { message, ...response } = errorResponse(cause);

    expect(response).toMatchObject({ status: 500, code: 'INTERNAL_SERVER_ERROR', cause });
    expect(message).not.toContain('canary');
  });

  it('keeps the cause of an expected error out of the log', () => {
    expect(errorResponse(new AuthError('TOKEN_INVALID', { cause: new Error('expired') }))).not.toHaveProperty('cause');
  });
});
