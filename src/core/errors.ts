import { ConnectionException, DeadlockException, LockWaitTimeoutException, ReadOnlyException } from '@mikro-orm/core';
import { isError } from './node.ts';

/** The closed list of errors: the sentence that a user may read, and the description in the schema. */
export const ERRORS = {
  UNAUTHENTICATED: {
    message: 'Please sign in first.',
    description: 'The operation needs a signed-in user.',
  },
  FORBIDDEN: {
    message: 'You are not allowed to do this.',
    description: 'The signed-in user may not do this, or the request came from an origin that is not allowed.',
  },
  BAD_USER_INPUT: {
    message: 'Please check what you entered.',
    description: 'An argument was rejected; `extensions.fields` lists { field, rule, message }.',
  },
  EMAIL_TAKEN: {
    message: 'There is already an account with this e-mail address.',
    description: 'An account with this address exists.',
  },
  INVALID_CREDENTIALS: {
    message: 'The e-mail address or the password is wrong.',
    description: 'Unknown address or wrong password; which of the two is not revealed.',
  },
  TOKEN_INVALID: {
    message: 'This link is no longer valid. Please request a new one.',
    description: 'Unknown, used, expired or issued for another purpose; which of these is not revealed.',
  },
  RATE_LIMITED: {
    message: 'Too many attempts. Please wait a while, then try again.',
    description: 'Too many attempts; `extensions.retryAfter` in seconds.',
  },
  RECENT_AUTH_REQUIRED: {
    message: 'Please confirm your password first.',
    description:
      'The operation needs a confirmation of the password within the last five minutes: call `reauthenticate`.',
  },
  NOT_FOUND: {
    message: 'There is no such user.',
    description: 'There is no user with this id.',
  },
  LAST_ADMIN: {
    message: 'This is the last administrator. Make somebody else an administrator first.',
    description: 'The last administrator cannot be disabled, deleted or lose the role.',
  },
  BUSY: {
    message: 'The service is busy. Please try again in a moment.',
    description: 'More work than the server takes on at once; `extensions.retryAfter` in seconds.',
  },
  UNAVAILABLE: {
    message: 'The service is not available right now. Please try again in a moment.',
    description: 'Something the service depends on (its database) does not respond.',
  },
  INTERNAL_SERVER_ERROR: {
    message: 'Something went wrong on our side.',
    description: 'Anything unforeseen; the response carries a requestId and nothing else.',
  },
} as const;

/** One of the codes in `errors[].extensions.code`. */
export type ErrorCode = keyof typeof ERRORS;

/** Why an argument can be rejected. */
export const INPUT_RULES = {
  INVALID: 'Not in the required form.',
  TOO_SHORT: 'Shorter than the operator allows.',
  TOO_LONG: 'Longer than the service accepts.',
  TOO_COMMON: 'On the list of common passwords.',
  TOO_PERSONAL: "Contains the account's own address or the name of the service.",
} as const;

/** The rule that a rejected argument broke. */
export type InputRule = keyof typeof INPUT_RULES;

/** One rejected argument: its name, the rule that it broke, and a sentence for the user who typed it. */
export interface InputIssue {
  field: string;
  rule: InputRule;
  message: string;
}

/** What an AuthError can carry beside its code. */
export interface ErrorDetails {
  /** What really happened: for the log, never for the client. */
  cause?: unknown;
  /** With BAD_USER_INPUT: every rejected argument. */
  fields?: InputIssue[];
  /** With RATE_LIMITED and BUSY: seconds to wait. */
  retryAfter?: number;
}

/** The public half of an AuthError, as clients receive it in `errors[].extensions`. */
interface ErrorExtensions {
  code: ErrorCode;
  fields?: InputIssue[];
  retryAfter?: number;
}

/**
 * The only error that services throw on purpose. `message` and `extensions` are public; `cause` is for the log.
 * graphql-js copies `extensions` into the response, so that codes reach the client of any GraphQL server.
 */
export class AuthError extends Error {
  readonly extensions: ErrorExtensions;

  constructor(
    readonly code: ErrorCode,
    { cause, fields, retryAfter }: ErrorDetails = {},
  ) {
    super(ERRORS[code].message, { cause });
    this.name = 'AuthError';
    this.extensions = { code, ...(fields && { fields }), ...(retryAfter !== undefined && { retryAfter }) };
  }

  get fields(): InputIssue[] | undefined {
    return this.extensions.fields;
  }

  get retryAfter(): number | undefined {
    return this.extensions.retryAfter;
  }

  /** Any thrown value as an error that may be shown: an AuthError as it is, everything else masked. */
  static of(error: unknown): AuthError {
    if (error instanceof AuthError) return error;
    return new AuthError(isUnavailable(error) ? 'UNAVAILABLE' : 'INTERNAL_SERVER_ERROR', { cause: error });
  }
}

/** Whether the fault is on the server's side, so that its cause belongs in the log. */
export const isServerError = (code: ErrorCode): boolean => code === 'INTERNAL_SERVER_ERROR' || code === 'UNAVAILABLE';

/** Throws BAD_USER_INPUT if there are any issues. */
export function throwInputIssues(issues: InputIssue[]): void {
  if (issues.length > 0) throw new AuthError('BAD_USER_INPUT', { fields: issues });
}

/**
 * SQLite's result codes for a temporary condition, as opposed to a wrong statement. https://www.sqlite.org/rescode.html
 */
const SQLITE_UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|PROTOCOL|CORRUPT|NOTADB)/;

/** Temporary failures: a retry may succeed. */
const TEMPORARY = [ConnectionException, DeadlockException, LockWaitTimeoutException, ReadOnlyException];

function isUnavailable(error: unknown): boolean {
  if (TEMPORARY.some(exception => error instanceof exception)) return true;
  return isError(error) && 'code' in error && SQLITE_UNAVAILABLE.test(String(error.code));
}
