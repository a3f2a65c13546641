import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, GraphQLError, type GraphQLSchema, type ValidationRule, validate } from 'graphql';
import type { LogFields } from '../core/log.ts';
import { formatError, isLayerError } from './client-errors.ts';
import type { Context } from './context.ts';
import { DOCUMENT_LIMITS, documentLimits } from './document-limits.ts';
import {
  type KnownFields,
  knownFields,
  logErrors,
  MAX_ERRORS,
  operationName,
  type PluginHost,
  retryLater,
  rootFieldsOf,
} from './operation-report.ts';
import { markProtected, type PluginOptions } from './plugin-options.ts';

/** The context of an operation: what `auth.context()` returns, in the stand-alone server with its log line. */
export type OperationContext = Partial<Context> & { line?: LogFields };

type Request = GraphQLRequestContext<OperationContext>;

/**
 * The plugin for Apollo Server 5. It limits the size of documents and the credential mutations of an operation, masks and
 * logs unexpected errors, adds the request id to every error, and sets 429 or 503 with Retry-After when the only field
 * of an operation was refused with RATE_LIMITED, BUSY or UNAVAILABLE.
 */
export function authPlugin(auth: PluginHost, { limits }: PluginOptions = {}): ApolloServerPlugin<OperationContext> {
  markProtected(auth);
  const rule = documentLimits(auth.schema, { ...DOCUMENT_LIMITS, ...limits });
  const checkLimits = limitsCheck(rule);
  let known: KnownFields = names => names;
  return {
    serverWillStart: async ({ schema }) => {
      known = knownFields(schema);
    },
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document }) => checkLimits(schema, document),
      didEncounterErrors: async request =>
        logErrors(
          auth.log,
          { requestId: request.contextValue.requestId, names: known(fieldsOf(request)) },
          request.errors,
        ),
      willSendResponse: async request => finish(request, fieldsOf(request), known),
    }),
  };
}

const fieldsOf = ({ operation, document }: Pick<Request, 'operation' | 'document'>) =>
  rootFieldsOf(operation, document);

/** Each document is measured once, as long as Apollo Server keeps it parsed. */
function limitsCheck(rule: ValidationRule) {
  const checked = new WeakMap<DocumentNode, string>();
  return (schema: GraphQLSchema, document: DocumentNode): void => {
    let message = checked.get(document);
    if (message === undefined) {
      const errors = validate(schema, document, [rule]);
      message = errors.map(error => error.message).join(' ');
      checked.set(document, message);
    }
    if (message) throw new GraphQLError(message, { extensions: REJECTED });
  };
}

const REJECTED = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };

function finish(request: Request, fields: string[], known: KnownFields): void {
  const { response, contextValue } = request;
  const { line, requestId } = contextValue;
  if (line) line.operation = operationName(known(fields));
  const result = response.body?.kind === 'single' ? response.body.singleResult : undefined;
  if (!result?.errors?.length) return;

  result.errors = result.errors.slice(0, MAX_ERRORS).map((formatted, i) => {
    const { extensions, ...error } = formatError(formatted, request.errors?.[i]);
    return { ...error, extensions: { ...extensions, requestId } };
  });
  const [first] = result.errors;
  if (line) line.code = String(first?.extensions?.code);
  // Nothing ran: the operation was rejected, or the arguments of its only field were.
  if (!first?.path || (fields.length === 1 && isLayerError(request.errors?.[0]))) response.http.status ??= 400;
  const later = retryLater(fields, request.errors);
  if (!later) return;
  response.http.status = later.status;
  for (const [name, value] of Object.entries(later.headers)) response.http.headers.set(name, value);
}
