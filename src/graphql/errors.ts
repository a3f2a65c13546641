import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AuthError, ERRORS } from '../errors.ts';

/** The GraphQL layer's own codes: what a client did wrong before any resolver ran. */
const LAYER_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'FORBIDDEN',
]);

const HTTP_STATUS: Partial<Record<string, number>> = { RATE_LIMITED: 429, BUSY: 503, UNAVAILABLE: 503 };

/** What was really thrown, underneath what GraphQL wrapped around it. */
export function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootOf(error.originalError) : error;
}

/** Whether the GraphQL layer refused the document or its variables, as opposed to a resolver that threw. */
export function isLayerError(error: unknown): error is GraphQLError {
  const refused = error instanceof GraphQLError && LAYER_CODES.has(String(error.extensions.code));
  return refused && rootOf(error) instanceof GraphQLError;
}

/** The request itself is refused, before there is an operation. Apollo and our own server answer it alike. */
export class RequestRefused extends GraphQLError {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    const code = status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST';
    super(message, { extensions: { code, http: { status, headers: new Map(Object.entries(headers)) } } });
  }
}

/** The public half of an error: sentence and code, and what belongs to that code. Nothing else leaves. */
export function publicError(error: unknown): { message: string; extensions: Record<string, unknown> } {
  const { code, fields, retryAfter } = AuthError.of(rootOf(error));
  return {
    message: ERRORS[code].message,
    extensions: { code, ...(fields && { fields }), ...(retryAfter !== undefined && { retryAfter }) },
  };
}

/** Apollo's formatError: errors of the layer as they are, those of resolvers masked. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  if (isLayerError(error)) {
    const { locations, extensions } = formatted;
    return { message: withoutValue(formatted.message), locations, extensions: { code: extensions?.code } };
  }
  return { ...publicError(error), locations: formatted.locations, path: formatted.path };
}

/** The status and Retry-After that an error's code asks for, where the whole answer is that error. */
export function httpOf({ code, retryAfter }: { code?: unknown; retryAfter?: unknown }) {
  return { status: HTTP_STATUS[String(code)] ?? 200, retryAfter: Number(retryAfter ?? 1) };
}

/** graphql-js repeats a variable's value when it is of the wrong type: it may be half a password. */
function withoutValue(message: string): string {
  const [, variable] = /^Variable "\$(\w+)" got invalid value /.exec(message) ?? [];
  return variable ? `Variable "$${variable}" has a value that its type does not allow.` : message;
}
