import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { describeError, type Log, type LogFields } from '../core/log.ts';
import { errorResponse } from '../request/error-response.ts';
import type { Context } from './context.ts';
import { isLayerError } from './errors.ts';

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
      const { code, cause } = errorResponse(error);
      if (cause === undefined) continue;
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
    const [thrown] = request.errors ?? [];
    if (fields.length === 1 && thrown) setRetryLater(response.http, thrown);
  }

  /** Only names that the schema has: all others, and the operation's own, a client chooses. */
  private namesOf(fields: string[]): string | undefined {
    const known = fields.filter(name => this.rootFields.has(name));
    return known.slice(0, MOST_LOGGED_FIELDS).join(' ') || undefined;
  }
}

/** A response that consists of one error keeps status 200, unless the client should come back later. */
function setRetryLater(http: Request['response']['http'], error: GraphQLError): void {
  const { status, headers } = errorResponse(error);
  if (!('retry-after' in headers)) return;
  http.status = status;
  for (const [name, value] of Object.entries(headers)) http.headers.set(name, value);
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
