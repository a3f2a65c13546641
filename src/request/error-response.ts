import { GraphQLError } from 'graphql';
import { AuthError, type ErrorCode, type InputIssue, isServerError } from '../core/errors.ts';

/**
 * Refuses a request before there is an operation: malformed, too large, from a foreign origin. A GraphQLError, because
 * GraphQL servers pass its message, code and status on unchanged when `context()` throws it.
 */
export class HttpError extends GraphQLError {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    const code = status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST';
    super(message, { extensions: { code, http: { status, headers: new Map(Object.entries(headers)) } } });
  }
}

/** Everything that may leave the server about an error, whichever transport reports it. */
export interface ErrorResponse {
  /** The HTTP status when the error is the whole response. */
  status: number;
  headers: Record<string, string>;
  code: string;
  message: string;
  /** With BAD_USER_INPUT. */
  fields?: InputIssue[];
  /** Seconds, with RATE_LIMITED and BUSY. */
  retryAfter?: number;
  /** Only for failures of the server: goes to the log, never to the client. */
  cause?: unknown;
}

/** The error of an unknown path. */
export const notFound = () => new HttpError(404, 'There is nothing at this address.');

/** REST follows the exercise here: 403 for a missing session, 401 for a wrong password. */
const STATUS: Record<ErrorCode, number> = {
  UNAUTHENTICATED: 403,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  EMAIL_TAKEN: 400,
  INVALID_CREDENTIALS: 401,
  TOKEN_INVALID: 403,
  RECENT_AUTH_REQUIRED: 403,
  NOT_FOUND: 404,
  LAST_ADMIN: 409,
  RATE_LIMITED: 429,
  BUSY: 503,
  UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};
const RETRYABLE = new Set([429, 503]);

/** Turns any thrown value into a response; unexpected errors are masked. */
export function errorResponse(thrown: unknown): ErrorResponse {
  const error = originalError(thrown);
  if (error instanceof HttpError) {
    const { status, headers, message, extensions } = error;
    return { status, headers, message, code: String(extensions.code) };
  }
  const { code, message, fields, retryAfter, cause } = AuthError.of(error);
  const status = STATUS[code];
  const headers: Record<string, string> = RETRYABLE.has(status) ? { 'retry-after': String(retryAfter ?? 1) } : {};
  return { status, headers, code, message, fields, retryAfter, ...(isServerError(code) && { cause }) };
}

/** The `extensions` of a GraphQL error. */
export function errorExtensions({ code, fields, retryAfter }: ErrorResponse): Record<string, unknown> {
  return { code, ...(fields && { fields }), ...(retryAfter !== undefined && { retryAfter }) };
}

/** The error that a resolver threw, without the GraphQLError that graphql-js wraps around it. */
export function originalError(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originalError(error.originalError) : error;
}
