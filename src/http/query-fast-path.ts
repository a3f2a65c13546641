import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { OperationContext } from '../graphql/apollo-plugin.ts';

/** A front end has a few dozen. */
const MAX_QUERIES = 200;
/** In characters: what is kept of strangers stays small. */
const MAX_QUERY_LENGTH = 4096;
const MAX_ACCEPT_HEADERS = 50;
const MAX_ACCEPT_LENGTH = 256;

type Request = GraphQLRequestContext<OperationContext>;
type Variables = Record<string, unknown>;

/** A query that Apollo has parsed, found valid, and answered without an error. */
interface CachedQuery {
  schema: GraphQLSchema;
  document: DocumentNode;
  operationName: string | undefined;
  /** What the log line says of it. */
  operation: string | undefined;
}

/** An answer as it leaves. */
export interface FastResponse {
  contentType: string;
  body: string;
}

/**
 * Answers again what Apollo has answered before, without asking it: graphql-js runs the document that Apollo found valid,
 * and the content type is the one that Apollo chose for the same Accept. Everything that is not that plain is left to
 * Apollo: another way to ask, a mutation, an answer with an error. Who asks, and whether they may, is looked at anew each time.
 */
export class QueryFastPath {
  private readonly queries = new Map<string, CachedQuery>();
  private readonly contentTypes = new Map<string | undefined, string>();

  /** `most`: how many it keeps in mind; with 0 it learns nothing. */
  constructor(private readonly most = MAX_QUERIES) {}

  /** Learns from Apollo's answers. Stands behind the plugin that names the operation. */
  plugin(): ApolloServerPlugin<OperationContext> {
    return { requestDidStart: async () => ({ willSendResponse: async request => this.learn(request) }) };
  }

  /** Whether Apollo has answered who accepts that. */
  hasContentType(accept: string | undefined): boolean {
    return this.contentTypes.has(accept);
  }

  /** Learns the content type that Apollo chose. */
  learnContentType(accept: string | undefined, contentType: string | undefined): void {
    if (contentType === undefined || (accept?.length ?? 0) > MAX_ACCEPT_LENGTH) return;
    if (!this.contentTypes.has(accept)) keep(this.contentTypes, accept, contentType, MAX_ACCEPT_HEADERS);
  }

  /** The answer to a posted query, or nothing where Apollo has to be asked. */
  async respond(
    accept: string | undefined,
    body: unknown,
    context: OperationContext,
  ): Promise<FastResponse | undefined> {
    const contentType = this.contentTypes.get(accept);
    if (contentType === undefined || !isPlain(body)) return undefined;
    const known = this.queries.get(body.query);
    if (!known || (body.operationName ?? known.operationName) !== known.operationName) return undefined;

    const { data, errors } = await run(known, body.variables ?? undefined, context);
    if (errors) return undefined;
    if (context.line) context.line.operation = known.operation;
    return { contentType, body: `${JSON.stringify({ data })}\n` };
  }

  private learn({ source, document, operation, schema, response, contextValue }: Request): void {
    if (!source || source.length > MAX_QUERY_LENGTH || operation?.operation !== OperationTypeNode.QUERY) return;
    if (!document || document.definitions.filter(({ kind }) => kind === 'OperationDefinition').length > 1) return;
    if (response.body?.kind !== 'single' || response.body.singleResult.errors) return;
    const operationName = operation.name?.value;
    keep(this.queries, source, { schema, document, operationName, operation: contextValue.line?.operation }, this.most);
  }
}

async function run(
  { schema, document }: CachedQuery,
  variableValues: Variables | undefined,
  contextValue: OperationContext,
) {
  return (await execute({ schema, document, contextValue, variableValues })) as ExecutionResult;
}

/** Nothing but a query, and what belongs to it, each of the type that it should have. */
function isPlain(
  body: unknown,
): body is { query: string; operationName?: string | null; variables?: Variables | null } {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || 'extensions' in body) return false;
  const { query, operationName, variables } = body as Record<string, unknown>;
  return (
    typeof query === 'string' &&
    (typeof operationName === 'string' || operationName == null) &&
    typeof variables !== 'string' &&
    !Array.isArray(variables) &&
    typeof variables === (variables == null ? typeof variables : 'object')
  );
}

/** The oldest makes room. */
function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
