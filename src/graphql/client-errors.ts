import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AuthError } from '../core/errors.ts';
import { errorExtensions, errorResponse, originalError } from '../request/error-response.ts';

/**
 * The error as clients may receive it. `formatted` is the error that the GraphQL server would send, `error` the one
 * that was thrown. Errors that were meant for the client pass: an AuthError, a GraphQLError that was thrown with a
 * code, and what the GraphQL layer rejects. Everything else is masked, whatever NODE_ENV is.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { message, locations, path } = formatted;
  if (isLayerError(error))
    return { message: reworded(message), locations, ...(path && { path }), extensions: { code: layerCode(error) } };
  const original = originalError(error);
  if (isDeliberate(original)) return { ...formatted, extensions: withoutStack(formatted.extensions) };
  const response = errorResponse(original);
  const shown = original instanceof AuthError ? message : response.message;
  return { message: shown, locations, path, extensions: errorExtensions(response) };
}

/**
 * Whether the GraphQL layer rejected the request, as opposed to a resolver that threw. Errors from before the
 * execution have no path; among those at a field, only errors about arguments are the client's fault.
 */
export function isLayerError(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  if (error.extensions.code === 'GRAPHQL_PARSE_FAILED') return true;
  return originalError(error) instanceof GraphQLError && (!error.path || isArgumentError(error));
}

/**
 * Whether a resolver threw a GraphQLError for the client. graphql-js throws its own, without a code, on broken results.
 */
export const isDeliberate = (original: unknown): boolean =>
  original instanceof GraphQLError && typeof original.extensions.code === 'string';

const isArgumentError = ({ message }: GraphQLError) => message.startsWith('Argument "');

function layerCode(error: GraphQLError): string {
  if (isArgumentError(error)) return 'BAD_USER_INPUT';
  const { code } = error.extensions;
  return typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR' ? code : 'BAD_REQUEST';
}

function withoutStack({ stacktrace, ...extensions }: Record<string, unknown> = {}): Record<string, unknown> {
  return extensions;
}

/** Messages of graphql-js and Apollo Server that are replaced. */
const REWORDED: [RegExp, string][] = [
  // They repeat a value of the wrong type, which may be a password.
  [/^(Variable "\$\w+") got invalid value .*/s, '$1 has a value that its type does not allow.'],
  [/^(Argument "\w+") has invalid value .*/s, '$1 has a value that its type does not allow.'],
  [/^(\w+|Enum "\w+") cannot represent .*/s, 'An argument has a value that its type does not allow.'],
  [/^(Expected value of type "[^"]+"), found .*/s, '$1.'],
  [/^Value ".*" does not exist in (".*") enum.*/s, 'An argument has a value that the enum $1 does not have.'],
  [/^GraphQL introspection is not allowed.*/s, 'Introspection is switched off.'],
  [/^Maximum call stack.*/s, 'The document is nested too deeply.'],
];

function reworded(message: string): string {
  const [pattern, words] = REWORDED.find(([pattern]) => pattern.test(message)) ?? [];
  return pattern && words ? message.replace(pattern, words) : message;
}
