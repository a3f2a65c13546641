import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { errorExtensions, errorResponse, originalError } from '../request/error-response.ts';

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

/** Apollo's formatError: errors of the layer in its own words, those of resolvers masked. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path } = formatted;
  if (!isLayerError(error)) {
    const response = errorResponse(error);
    return { message: response.message, locations, path, extensions: errorExtensions(response) };
  }
  return { message: reworded(formatted.message), locations, extensions: { code: layerCode(error) } };
}

function layerCode(error: GraphQLError): string {
  if (isArgumentError(error)) return 'BAD_USER_INPUT';
  const code = String(error.extensions.code);
  return LAYER_CODES.has(code) ? code : 'BAD_REQUEST';
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
