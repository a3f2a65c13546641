import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLFormattedError,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { AuthError, isServerError } from '../core/errors.ts';
import { describeError, type Log, type LogFields } from '../core/log.ts';
import type { Context } from './context.ts';
import { httpStatusFor, isLayerError, originalError } from './errors.ts';

/** The context of an operation that came over HTTP: with the log line of its request. */
export type OperationContext = Context & { line?: LogFields };

type Request = GraphQLRequestContext<OperationContext>;

/** Gives each error its request id, each answer the status that its code asks for, and the log what it may know. */
export function operationPlugin(log: Log, schema: GraphQLSchema): ApolloServerPlugin<OperationContext> {
  const answers = new OperationReporter(log, schema);
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async request => answers.report(request, request.errors),
      willSendResponse: async request => answers.finish(request),
    }),
  };
}

const MOST_LOGGED_FIELDS = 5;
/** A small document may be wrong in many places; the answer should not be much larger than it. */
const MOST_ERRORS = 10;

class OperationReporter {
  private readonly rootFields: ReadonlySet<string>;

  constructor(
    private readonly log: Log,
    schema: GraphQLSchema,
  ) {
    const types = [schema.getQueryType(), schema.getMutationType()];
    this.rootFields = new Set(types.flatMap(type => Object.keys(type?.getFields() ?? {})));
  }

  /** Logs what nobody foresaw. */
  report(request: Request, errors: readonly GraphQLError[]): void {
    for (const error of errors) {
      if (isLayerError(error)) continue;
      const { code, cause } = AuthError.of(originalError(error));
      if (!isServerError(code)) continue;
      const { requestId } = request.contextValue;
      const operation = this.namesOf(rootFieldsOf(request));
      this.log.error('operation failed', { requestId, operation, code, ...describeError(cause) });
    }
  }

  finish(request: Request): void {
    const { response, contextValue } = request;
    const fields = rootFieldsOf(request);
    if (contextValue.line) contextValue.line.operation = this.namesOf(fields);
    const result = response.body?.kind === 'single' ? response.body.singleResult : undefined;
    const [first] = result?.errors ?? [];
    if (!result?.errors || !first) return;

    const { requestId } = contextValue;
    result.errors = result.errors
      .slice(0, MOST_ERRORS)
      .map(error => ({ ...error, extensions: { ...error.extensions, requestId } }));
    if (contextValue.line) contextValue.line.code = String(first.extensions?.code);
    // Refused before any field was run, as GraphQL over HTTP has it.
    if (!first.path) response.http.status ??= 400;
    if (fields.length === 1) refuseByHttp(response.http, first);
  }

  /** Only names that the schema has: all others, and the operation's own, a client chooses. */
  private namesOf(fields: string[]): string | undefined {
    const known = fields.filter(name => this.rootFields.has(name));
    return known.slice(0, MOST_LOGGED_FIELDS).join(' ') || undefined;
  }
}

function refuseByHttp(http: Request['response']['http'], error: GraphQLFormattedError): void {
  const { status, retryAfter } = httpStatusFor(error.extensions ?? {});
  if (status === 200) return;
  http.status = status;
  http.headers.set('retry-after', String(retryAfter));
}

/** What is asked for at the root, also through fragments. */
function rootFieldsOf({ operation, document }: Request): string[] {
  return operation && document ? fieldsIn((operation as OperationDefinitionNode).selectionSet, document) : [];
}

function fieldsIn({ selections }: SelectionSetNode, document: DocumentNode): string[] {
  return selections.flatMap(selection => {
    if (selection.kind === 'Field') return [selection.name.value];
    if (selection.kind === 'InlineFragment') return fieldsIn(selection.selectionSet, document);
    const fragment = document.definitions.find(
      (definition): definition is FragmentDefinitionNode =>
        definition.kind === 'FragmentDefinition' && definition.name.value === selection.name.value,
    );
    return fragment ? fieldsIn(fragment.selectionSet, document) : [];
  });
}
