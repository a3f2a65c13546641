import type { DocumentNode, FragmentDefinitionNode, GraphQLError, GraphQLSchema, SelectionSetNode } from 'graphql';
import { describeError, type Log } from '../core/log.ts';
import { errorResponse, originalError } from '../request/error-response.ts';
import { isDeliberate, isLayerError } from './client-errors.ts';

/** The parts of an Auth that the plugins for GraphQL servers need. */
export interface PluginHost {
  readonly schema: GraphQLSchema;
  readonly log: Log;
}

/** An operation, in the shape that Apollo Server and Envelop share. */
interface RunningOperation {
  requestId: string | undefined;
  /** Names of its fields at the root that the schema has; all other names are chosen by the client. */
  names: string[];
}

const MAX_LOGGED_FIELDS = 5;

/**
 * Errors sent per response. A small document can cause many, and the response must not be much larger than the request.
 */
export const MAX_ERRORS = 10;

/** The log field for the names of an operation. */
export const operationName = (names: string[]): string | undefined =>
  names.slice(0, MAX_LOGGED_FIELDS).join(' ') || undefined;

/** Logs the errors whose cause the client does not receive. */
export function logErrors(log: Log, { requestId, names }: RunningOperation, errors: readonly unknown[]): void {
  for (const error of errors) {
    if (isLayerError(error) || isDeliberate(originalError(error))) continue;
    const { code, cause } = errorResponse(error);
    if (cause === undefined) continue;
    log.error('operation failed', { requestId, operation: operationName(names), code, ...describeError(cause) });
  }
}

/** Status and headers of a response whose one field failed and can be tried again later (429, 503), else undefined. */
export function retryLater(rootFields: string[], errors: readonly GraphQLError[] | undefined) {
  const [error] = errors ?? [];
  if (rootFields.length !== 1 || !error) return undefined;
  const { status, headers } = errorResponse(error);
  return 'retry-after' in headers ? { status, headers } : undefined;
}

/** The root fields of an operation, also those in fragments, each fragment once. */
export function rootFieldsOf(
  operation: { selectionSet: SelectionSetNode } | null | undefined,
  document: DocumentNode | undefined,
): string[] {
  return operation && document ? fieldsIn(operation.selectionSet, document) : [];
}

/** Reads each fragment once: if every spread were followed, nested ones could double the work at each level. */
function fieldsIn({ selections }: SelectionSetNode, document: DocumentNode, visited = new Set<string>()): string[] {
  return selections.flatMap(selection => {
    if (selection.kind === 'Field') return [selection.name.value];
    if (selection.kind === 'InlineFragment') return fieldsIn(selection.selectionSet, document, visited);
    const name = selection.name.value;
    if (visited.has(name)) return [];
    visited.add(name);
    const fragment = document.definitions.find(
      (definition): definition is FragmentDefinitionNode =>
        definition.kind === 'FragmentDefinition' && definition.name.value === name,
    );
    return fragment ? fieldsIn(fragment.selectionSet, document, visited) : [];
  });
}

/** Keeps the names that are fields of a schema's Query or Mutation. */
export type KnownFields = (names: string[]) => string[];

export function knownFields(schema: GraphQLSchema): KnownFields {
  const types = [schema.getQueryType(), schema.getMutationType()];
  const known = new Set(types.flatMap(type => Object.keys(type?.getFields() ?? {})));
  return names => names.filter(name => known.has(name));
}
