import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { OperationContext } from '../graphql/apollo-plugin.ts';

/** A front end has a few dozen. */
const MAX_QUERIES = 200;
/** In characters. With the limits on counts it bounds the memory that clients can fill. */
const MAX_QUERY_LENGTH = 4096;
const MAX_ACCEPT_HEADERS = 50;
const MAX_ACCEPT_LENGTH = 256;

type Request = GraphQLRequestContext<OperationContext>;
type Variables = Record<string, unknown>;

/** A query that Apollo has parsed, validated and executed without an error. */
interface CachedQuery {
  schema: GraphQLSchema;
  document: DocumentNode;
  operationName: string | undefined;
  /** For the log line. */
  operation: string | undefined;
}

interface FastResponse {
  contentType: string;
  body: string;
}

/**
 * Executes queries that Apollo has executed before, without Apollo's request pipeline, which takes a third of the time
 * of a `profile` query: docs/decisions/0015. The document is the one that Apollo validated and the content type the one
 * that it negotiated for the same Accept header. Everything else goes to Apollo: other methods, mutations, and results
 * with errors. Only the parsed query is cached; session and result are always new.
 */
export class QueryFastPath {
  private readonly queries: LRUCache<string, CachedQuery> | undefined;
  private readonly contentTypes = new LRUCache<string, string>({ max: MAX_ACCEPT_HEADERS });

  /** With 0 queries every request goes through Apollo. */
  constructor(maxQueries = MAX_QUERIES) {
    if (maxQueries > 0) this.queries = new LRUCache({ max: maxQueries });
  }

  /** Learns from Apollo's responses. Must come after the plugin that sets the operation of the log line. */
  plugin(): ApolloServerPlugin<OperationContext> {
    return { requestDidStart: async () => ({ willSendResponse: async request => this.learn(request) }) };
  }

  /** Whether Apollo has responded to this Accept header. */
  hasContentType(accept = ''): boolean {
    return this.contentTypes.has(accept);
  }

  /** Learns the content type that Apollo negotiated. */
  learnContentType(accept = '', contentType: string | undefined): void {
    if (contentType !== undefined && accept.length <= MAX_ACCEPT_LENGTH) this.contentTypes.set(accept, contentType);
  }

  /** The response to a posted query, or undefined if Apollo has to handle it. */
  async respond(accept = '', body: unknown, context: OperationContext): Promise<FastResponse | undefined> {
    const contentType = this.contentTypes.get(accept);
    if (contentType === undefined || !isPlainQuery(body)) return undefined;
    const cached = this.queries?.get(body.query);
    if (!cached || (body.operationName ?? cached.operationName) !== cached.operationName) return undefined;

    const { data, errors } = await run(cached, body.variables ?? undefined, context);
    if (errors) return undefined;
    if (context.line) context.line.operation = cached.operation;
    return { contentType, body: `${JSON.stringify({ data })}\n` };
  }

  private learn({ source, document, operation, schema, response, contextValue }: Request): void {
    if (!source || source.length > MAX_QUERY_LENGTH || operation?.operation !== OperationTypeNode.QUERY) return;
    if (!document || document.definitions.filter(({ kind }) => kind === 'OperationDefinition').length > 1) return;
    if (response.body?.kind !== 'single' || response.body.singleResult.errors) return;
    const operationName = operation.name?.value;
    this.queries?.set(source, { schema, document, operationName, operation: contextValue.line?.operation });
  }
}

async function run(
  { schema, document }: CachedQuery,
  variableValues: Variables | undefined,
  contextValue: OperationContext,
) {
  return (await execute({ schema, document, contextValue, variableValues })) as ExecutionResult;
}

/** A query with name and variables of the right types, and without extensions. */
function isPlainQuery(
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
