import { ConnectionException, DeadlockException, LockWaitTimeoutException, ReadOnlyException } from '@mikro-orm/core';

/** Every code of ours: the sentence that a person may read, and what the schema says of the code. */
export const ERRORS = {
  UNAUTHENTICATED: {
    message: 'Please sign in first.',
    description: 'Nobody is signed in, and the operation needs somebody.',
  },
  FORBIDDEN: {
    message: 'You may not do this.',
    description: 'Somebody is signed in who may not do this; or the request came from an origin that may not.',
  },
  BAD_USER_INPUT: {
    message: 'Please check what you entered.',
    description: 'An argument was refused; `extensions.fields` lists { field, rule, message }.',
  },
  EMAIL_TAKEN: {
    message: 'There is already an account with this e-mail address.',
    description: 'An account with this address exists.',
  },
  INVALID_CREDENTIALS: {
    message: 'The e-mail address or the password is wrong.',
    description: 'Unknown address or wrong password: which of the two is never told.',
  },
  TOKEN_INVALID: {
    message: 'This link is no longer valid. Please ask for a new one.',
    description: 'Unknown, used, expired or foreign: which is never told.',
  },
  RATE_LIMITED: {
    message: 'Too many tries. Please wait a while, then try again.',
    description: 'Too many tries; `extensions.retryAfter` in seconds.',
  },
  BUSY: {
    message: 'The service is busy. Please try again in a moment.',
    description: 'More work than the server takes on at once; `extensions.retryAfter` in seconds.',
  },
  UNAVAILABLE: {
    message: 'The service cannot answer right now. Please try again in a moment.',
    description: 'A part that the service stands on (its database) does not answer.',
  },
  INTERNAL_SERVER_ERROR: {
    message: 'Something went wrong on our side.',
    description: 'Anything unforeseen; the answer carries a requestId and nothing else.',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** What an argument can be refused for. */
export const INPUT_RULES = {
  INVALID: 'Not of the form that is asked for.',
  TOO_SHORT: 'Shorter than the operator allows.',
  TOO_LONG: 'Longer than is accepted.',
  TOO_COMMON: 'On the list of common passwords.',
  TOO_PERSONAL: "Contains the account's own address or the name of the service.",
} as const;

export type InputRule = keyof typeof INPUT_RULES;

/** One refused argument: its name, the rule it broke, and a sentence for the person who typed it. */
export interface InputIssue {
  field: string;
  rule: InputRule;
  message: string;
}

export interface ErrorDetails {
  /** What really happened: for the log, never for the client. */
  cause?: unknown;
  /** With BAD_USER_INPUT: every argument that was refused. */
  fields?: InputIssue[];
  /** With RATE_LIMITED and BUSY: seconds to wait. */
  retryAfter?: number;
}

/** The only error that services throw on purpose. Code and message are public, the cause is not. */
export class AuthError extends Error {
  readonly fields?: InputIssue[];
  readonly retryAfter?: number;

  constructor(
    readonly code: ErrorCode,
    { cause, fields, retryAfter }: ErrorDetails = {},
  ) {
    super(ERRORS[code].message, { cause });
    this.name = 'AuthError';
    this.fields = fields;
    this.retryAfter = retryAfter;
  }

  /** Whatever was thrown, as an error that may be shown: an AuthError as it is, all else masked. */
  static of(error: unknown): AuthError {
    if (error instanceof AuthError) return error;
    return new AuthError(isUnavailable(error) ? 'UNAVAILABLE' : 'INTERNAL_SERVER_ERROR', { cause: error });
  }
}

/** Whether it is our side that failed: then the log has to say what happened. */
export const isServerError = (code: ErrorCode): boolean => code === 'INTERNAL_SERVER_ERROR' || code === 'UNAVAILABLE';

/** Throws BAD_USER_INPUT when there is anything to refuse. */
export function throwInputIssues(faults: InputIssue[]): void {
  if (faults.length > 0) throw new AuthError('BAD_USER_INPUT', { fields: faults });
}

/** SQLite's result codes for "not now", as opposed to "wrong statement". https://www.sqlite.org/rescode.html */
const SQLITE_AWAY = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|PROTOCOL|CORRUPT|NOTADB)/;

/** What another time would go well. */
const NOT_NOW = [ConnectionException, DeadlockException, LockWaitTimeoutException, ReadOnlyException];

function isUnavailable(error: unknown): boolean {
  if (NOT_NOW.some(exception => error instanceof exception)) return true;
  return Error.isError(error) && 'code' in error && SQLITE_AWAY.test(String(error.code));
}
