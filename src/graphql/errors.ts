import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AuthError, ERRORS } from '../core/errors.ts';

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
export function originalError(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originalError(error.originalError) : error;
}

/**
 * Whether the GraphQL layer refused the request, as opposed to a resolver that threw. What it refuses before it runs any
 * field has no path; of what it refuses at a field, only arguments are the client's fault.
 */
export function isLayerError(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  if (error.extensions.code === 'GRAPHQL_PARSE_FAILED') return true;
  return originalError(error) instanceof GraphQLError && (!error.path || isArgumentError(error));
}

const isArgumentError = ({ message }: GraphQLError) => message.startsWith('Argument "');

/** The request itself is refused, before there is an operation. Apollo and our own server answer it alike. */
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

/** The public half of an error: sentence and code, and what belongs to that code. Nothing else leaves. */
export function publicError(error: unknown): { message: string; extensions: Record<string, unknown> } {
  const { code, fields, retryAfter } = AuthError.of(originalError(error));
  return {
    message: ERRORS[code].message,
    extensions: { code, ...(fields && { fields }), ...(retryAfter !== undefined && { retryAfter }) },
  };
}

/** Apollo's formatError: errors of the layer in its own words, those of resolvers masked. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path } = formatted;
  if (!isLayerError(error)) return { ...publicError(error), locations, path };
  return { message: reworded(formatted.message), locations, extensions: { code: layerCode(error) } };
}

function layerCode(error: GraphQLError): string {
  if (isArgumentError(error)) return 'BAD_USER_INPUT';
  const code = String(error.extensions.code);
  return LAYER_CODES.has(code) ? code : 'BAD_REQUEST';
}

/** The status and Retry-After that an error's code asks for, where the whole answer is that error. */
export function httpStatusFor({ code, retryAfter }: { code?: unknown; retryAfter?: unknown }) {
  return { status: HTTP_STATUS[String(code)] ?? 200, retryAfter: Number(retryAfter ?? 1) };
}

/** What graphql-js and Apollo say that should be said otherwise. */
const REWORDED: [RegExp, string][] = [
  // They repeat the value when it is of the wrong type: it may be half a password.
  [/^(Variable "\$\w+") got invalid value .*/s, '$1 has a value that its type does not allow.'],
  [/^(Argument "\w+") has invalid value .*/s, '$1 has a value that its type does not allow.'],
  [/^GraphQL introspection is not allowed.*/s, 'Introspection is switched off here.'],
  [/^Maximum call stack.*/s, 'The document is nested too deeply.'],
];

function reworded(message: string): string {
  const [pattern, words] = REWORDED.find(([pattern]) => pattern.test(message)) ?? [];
  return pattern && words ? message.replace(pattern, words) : message;
}
