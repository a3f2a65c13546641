import { CombinedGraphQLErrors, ServerError, ServerParseError, UnconventionalError } from '@apollo/client';
import type { ErrorCode, InputRule } from '../../schema/types.ts';

/**
 * Every code that an error can have: those of the schema, and two of the client. `NETWORK_ERROR`: there was no response,
 * so it is unknown whether a mutation took effect. `UNKNOWN`: a response of another kind; see `rawCode` and `message`.
 */
export type AuthErrorCode = ErrorCode | 'NETWORK_ERROR' | 'UNKNOWN';

/** A rejected argument: its name, the rule that it broke, and a sentence for the user. */
export interface FieldError {
  field: string;
  /** One of `InputRule`, unless the server is newer than this package. */
  rule: InputRule | (string & {});
  message: string;
}

/** What a front end needs to know about a failed operation. */
export interface AuthErrorInfo {
  code: AuthErrorCode;
  /** The code as the server sent it, when `code` is `UNKNOWN` because a newer server or another layer chose it. */
  rawCode?: string;
  /** A sentence for the user, in English. */
  message: string;
  /** With `BAD_USER_INPUT`: every rejected argument. Otherwise empty. */
  fields: readonly FieldError[];
  /** Seconds to wait before the next attempt, if the server named them. */
  retryAfter?: number;
  /** Finds the request in the server's log. */
  requestId?: string;
}

const MESSAGES: Record<AuthErrorCode, string> = {
  UNAUTHENTICATED: 'Please sign in first.',
  FORBIDDEN: 'You are not allowed to do this.',
  BAD_USER_INPUT: 'Please check what you entered.',
  EMAIL_TAKEN: 'There is already an account with this e-mail address.',
  INVALID_CREDENTIALS: 'The e-mail address or the password is wrong.',
  TOKEN_INVALID: 'This link is no longer valid. Please request a new one.',
  RATE_LIMITED: 'Too many attempts. Please wait a while, then try again.',
  RECENT_AUTH_REQUIRED: 'Please confirm your password first.',
  NOT_FOUND: 'There is no such user.',
  LAST_ADMIN: 'This is the last administrator. Make somebody else an administrator first.',
  BUSY: 'The service is busy. Please try again in a moment.',
  UNAVAILABLE: 'The service is not available right now. Please try again in a moment.',
  INTERNAL_SERVER_ERROR: 'Something went wrong on our side.',
  NETWORK_ERROR: 'The service cannot be reached. Please check your connection, then try again.',
  UNKNOWN: 'Something went wrong.',
};

/** The code of a response without a GraphQL body, as proxies send it. */
const CODE_OF_STATUS: Record<number, AuthErrorCode> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'RATE_LIMITED',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

/** Describes anything that Apollo Client throws or puts in `error`. Never throws. */
export function authError(error: unknown): AuthErrorInfo {
  if (CombinedGraphQLErrors.is(error)) return errorOfResult(error);
  if (ServerError.is(error) || ServerParseError.is(error)) return fromResponse(error);
  if (UnconventionalError.is(error)) return authError(error.cause);
  if (isNetworkError(error)) return describe('NETWORK_ERROR');
  return describe('UNKNOWN', { message: error instanceof Error ? error.message : undefined });
}

/** Describes the first error of a GraphQL response. `headers`: those of the response. */
export const errorOfResult = (result: unknown, headers?: ResponseHeaders): AuthErrorInfo =>
  fromGraphQL(errorsIn(result)[0], headers);

/** Fetch rejects with a TypeError when there is no response, and with a DOMException when a request was aborted. */
const NETWORK_ERRORS = ['TypeError', 'AbortError', 'TimeoutError', 'NetworkError'];

/** By name: an error of another frame or worker is no instance of this one's Error. */
const isNetworkError = (error: unknown) => NETWORK_ERRORS.includes(String((error as { name?: unknown } | null)?.name));

/** An error of a GraphQL response. */
interface GraphQLErrorBody {
  message: unknown;
  extensions: Readonly<Record<string, unknown>>;
}

/** The errors of a response, without what a broken server or a proxy may put in their place. */
export function errorsIn(response: unknown): GraphQLErrorBody[] {
  const { errors } = fieldsOf(response);
  if (!Array.isArray(errors)) return [];
  return errors
    .filter(error => typeof error === 'object' && error !== null)
    .map(({ message, extensions }) => ({ message, extensions: fieldsOf(extensions) }));
}

/** Whether a result says that there is no session. */
export const isUnauthenticated = (response: unknown): boolean =>
  errorsIn(response).some(({ extensions }) => extensions.code === 'UNAUTHENTICATED');

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function fromGraphQL(error: GraphQLErrorBody | undefined, headers?: ResponseHeaders): AuthErrorInfo {
  const { code, fields, retryAfter, requestId } = error?.extensions ?? {};
  const known = isCode(code) ? code : 'UNKNOWN';
  return describe(known, {
    rawCode: known === 'UNKNOWN' ? text(code) : undefined,
    message: text(error?.message),
    fields: Array.isArray(fields) ? fields.filter(isFieldError) : undefined,
    retryAfter: seconds(retryAfter) ?? secondsToWait(headers),
    requestId: text(requestId) ?? text(headers?.get('x-request-id')),
  });
}

const isFieldError = (value: unknown): value is FieldError => {
  const { field, rule, message } = fieldsOf(value);
  return [field, rule, message].every(part => typeof part === 'string');
};

/** An error status: with the errors of GraphQL in its body, or with anything else, such as the page of a proxy. */
function fromResponse({ response, bodyText, statusCode }: ServerError | ServerParseError): AuthErrorInfo {
  const [error] = errorsIn(parsed(bodyText));
  if (error) return fromGraphQL(error, response.headers);
  return describe(CODE_OF_STATUS[statusCode] ?? 'UNKNOWN', {
    retryAfter: secondsToWait(response.headers),
    requestId: text(response.headers.get('x-request-id')),
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

interface ResponseHeaders {
  get(name: string): string | null;
}

/** The seconds of a `Retry-After` header. Undefined without one, and for a date that cannot be compared. */
function secondsToWait(headers: ResponseHeaders | undefined): number | undefined {
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return seconds(Number(value));
  // Both dates are of the server's clock, which need not agree with the visitor's.
  const difference = (httpDate(value) - httpDate(headers?.get('date') ?? '')) / 1000;
  return seconds(Math.max(0, Math.ceil(difference)));
}

/** `Date.parse` alone takes `-5` and `1.5` for dates as well. */
const httpDate = (value: string): number => (value.endsWith(' GMT') ? Date.parse(value) : Number.NaN);

const seconds = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

function describe(code: AuthErrorCode, details: Partial<AuthErrorInfo> = {}): AuthErrorInfo {
  const known = Object.entries(details).filter(([, value]) => value !== undefined);
  return { code, message: MESSAGES[code], fields: [], ...Object.fromEntries(known) };
}

const isCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && code !== 'NETWORK_ERROR' && code !== 'UNKNOWN' && Object.hasOwn(MESSAGES, code);

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
