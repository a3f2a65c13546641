import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import type { Log } from '../core/log.ts';
import { errorResponse } from '../request/error-response.ts';
import { formatError } from './client-errors.ts';
import { DOCUMENT_LIMITS, documentLimits } from './document-limits.ts';
import {
  type KnownFields,
  knownFields,
  logErrors,
  MAX_ERRORS,
  type PluginHost,
  retryLater,
  rootFieldsOf,
} from './operation-report.ts';
import { markProtected, type PluginOptions } from './plugin-options.ts';

/** The hooks of an Envelop plugin that are used here, described by shape so that Envelop need not be installed. */
export interface EnvelopPlugin {
  onPluginInit(init: { registerContextErrorHandler(handler: (failure: ContextFailure) => void): void }): void;
  onValidate(validation: { addValidationRule(rule: ValidationRule): void }): (done: ValidationDone) => void;
  onExecute(execution: { args: ExecutionArguments }): { onExecuteDone(done: ExecutionDone): void };
}

interface ContextFailure {
  error: unknown;
  setError(error: unknown): void;
}

interface ValidationDone {
  valid: boolean;
  result: readonly unknown[];
  setResult(errors: never): void;
}

interface ExecutionArguments {
  document: DocumentNode;
  operationName?: string | null;
  contextValue?: unknown;
}

interface ExecutionDone {
  result: unknown;
  setResult(result: never): void;
}

/**
 * The plugin for GraphQL Yoga and other servers on Envelop. It does what `authPlugin` does for Apollo Server: it limits
 * the size of documents and the credential mutations of an operation, masks and logs unexpected errors, adds the
 * request id to every error of a resolver, and sets 429 or 503 with Retry-After when the only field of an operation was
 * refused with RATE_LIMITED, BUSY or UNAVAILABLE.
 */
export function useAuth(auth: PluginHost, { limits }: PluginOptions = {}): EnvelopPlugin {
  markProtected(auth);
  const rule = documentLimits(auth.schema, { ...DOCUMENT_LIMITS, ...limits });
  const known = knownFields(auth.schema);
  return {
    // An error of auth.context() would be masked otherwise, because it is not a GraphQLError.
    onPluginInit: ({ registerContextErrorHandler }) =>
      registerContextErrorHandler(({ error, setError }) => setError(contextError(auth, error))),
    onValidate({ addValidationRule }) {
      addValidationRule(rule);
      return rewordErrors;
    },
    onExecute: ({ args }) => ({ onExecuteDone: done => finish(auth.log, known, args, done) }),
  };
}

function contextError({ log }: PluginHost, error: unknown): unknown {
  if (error instanceof GraphQLError) return error;
  logErrors(log, { requestId: undefined, names: [] }, [error]);
  const { message, status, headers, code } = errorResponse(error);
  return new GraphQLError(message, { extensions: { code, http: { status, headers } } });
}

function finish(log: Log, known: KnownFields, args: ExecutionArguments, { result, setResult }: ExecutionDone): void {
  const { errors } = result as { errors?: readonly GraphQLError[] };
  if (!errors?.length) return;
  const { requestId } = (args.contextValue ?? {}) as { requestId?: string };
  const operation = getOperationAST(args.document, args.operationName) as OperationDefinitionNode | null;
  const fields = rootFieldsOf(operation, args.document);
  logErrors(log, { requestId, names: known(fields) }, errors);
  const http = retryLater(fields, errors);
  const shown = errors.slice(0, MAX_ERRORS).map(error => clientError(error, { requestId, ...(http && { http }) }));
  setResult({ ...(result as object), errors: shown } as never);
}

/** Errors of graphql-js repeat a value of the wrong type, which may be a password. There is no request id yet. */
function rewordErrors({ valid, result, setResult }: ValidationDone): void {
  const code = 'GRAPHQL_VALIDATION_FAILED';
  if (!valid) setResult((result as GraphQLError[]).map(error => clientError(error, { code })) as never);
}

/** Without its original, which Yoga would take for an unexpected error. */
function clientError(error: GraphQLError, added: Record<string, unknown>): GraphQLError {
  const { message, extensions } = formatError(error.toJSON(), error);
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions, ...added } });
}
