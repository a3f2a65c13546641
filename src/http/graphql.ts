import type { IncomingMessage } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';
import type { Log } from '../core/log.ts';
import type { Auth } from '../create-auth.ts';
import { authPlugin, type OperationContext } from '../graphql/apollo-plugin.ts';
import { formatError } from '../graphql/client-errors.ts';
import { DOCUMENT_LIMITS, documentLimits } from '../graphql/document-limits.ts';
import type { Options } from '../options.ts';
import { HttpError } from '../request/error-response.ts';
import type { HttpExchange } from '../request/route.ts';
import { contentType, parseJson, readBody } from './body.ts';
import type { LoadShedder } from './load-shedder.ts';
import type { QueryFastPath } from './query-fast-path.ts';

/**
 * Parsed and validated documents to keep; a front end has a few dozen. Apollo's own store is bounded by bytes of JSON and
 * grew by half a gigabyte after a hundred thousand different queries.
 */
const MAX_DOCUMENTS = 200;

/** Connects Apollo Server to HTTP. */
export class GraphqlEndpoint {
  private readonly apollo: ApolloServer<OperationContext>;

  constructor(
    private readonly auth: Auth,
    { playground }: Options,
    private readonly loadShedder: LoadShedder,
    private readonly fastPath: QueryFastPath,
  ) {
    this.apollo = new ApolloServer<OperationContext>({
      schema: auth.schema,
      // Every switch that would depend on NODE_ENV is set here.
      nodeEnv: 'production',
      introspection: playground,
      hideSchemaDetailsFromClientErrors: !playground,
      includeStacktraceInErrorResponses: false,
      allowBatchedHttpRequests: false,
      csrfPrevention: true,
      persistedQueries: false,
      documentStore: new InMemoryLRUCache<DocumentNode>({ maxSize: MAX_DOCUMENTS, sizeCalculation: () => 1 }),
      status400ForVariableCoercionErrors: true,
      stopOnTerminationSignals: false,
      parseOptions: { maxTokens: DOCUMENT_LIMITS.tokens },
      validationRules: [documentLimits(auth.schema)],
      formatError,
      logger: quietLogger(auth.log),
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        authPlugin(auth),
        this.fastPath.plugin(),
      ],
    });
  }

  start(): Promise<void> {
    return this.apollo.start();
  }

  async handle(exchange: HttpExchange): Promise<void> {
    const { req, res, requestId, line } = exchange;
    const { accept } = req.headers;
    // Apollo checks this after the operation, when its changes are already made.
    if (!this.fastPath.hasContentType(accept) && !accepts(accept)) throw new HttpError(406, 'Accept application/json.');
    const body = req.method === 'POST' ? await this.readOperation(exchange) : undefined;
    const context: OperationContext = await this.auth.context({ req, res, requestId });
    context.line = line;
    const fast = await this.fastPath.respond(accept, body, context);
    if (fast) {
      res.setHeader('content-type', fast.contentType);
      res.end(fast.body);
    } else await this.handleByApollo(exchange, body, context);
  }

  private async handleByApollo(exchange: HttpExchange, body: unknown, context: OperationContext): Promise<void> {
    const { req, res, requestId, line } = exchange;
    const response = await this.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: req.method ?? '',
        headers: headersForApollo(req),
        search: searchOf(exchange),
        body,
      },
      context: async () => context,
    });
    for (const [name, value] of response.headers) if (name !== 'cache-control') res.setHeader(name, value);
    if (response.body.kind !== 'complete') throw new Error('The schema has no field with incremental delivery.');
    res.statusCode = response.status ?? 200;
    if (res.statusCode === 200)
      this.fastPath.learnContentType(req.headers.accept, response.headers.get('content-type'));
    if (line.code) await this.loadShedder.delay(line.code);
    res.end(withRequestId(response.body.string, res.statusCode, requestId));
  }

  private async readOperation(exchange: HttpExchange): Promise<unknown> {
    const content = contentType(exchange);
    if (content.type !== 'application/json') throw new HttpError(415, 'Send operations as application/json.');
    return parseJson(await readBody(exchange, content));
  }
}

const ACCEPTED = /^(application\/(json|graphql-response\+json|\*)|\*\/\*)$/;

/** Whether the client accepts one of the two media types. An empty header accepts any (RFC 9110, 12.5.1). */
function accepts(header: string | undefined): boolean {
  if (!header) return true;
  return header.split(',').some(range => {
    const [type = '', ...parameters] = range
      .toLowerCase()
      .split(';')
      .map(part => part.trim());
    return (
      ACCEPTED.test(type) && parameters.every(parameter => /^(q=(1|0?\.\d*[1-9])\d*.*|charset=utf-8)$/.test(parameter))
    );
  });
}

function headersForApollo({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) map.set(name, String(value));
  return map;
}

/** GraphQL over HTTP: an empty operationName is absent. */
const searchOf = ({ search }: HttpExchange) => search.replace(/(?<=[?&])operationName=(?=&|$)/, '');

/** Adds the request id to errors of requests that Apollo refuses before any plugin runs. */
function withRequestId(body: string, status: number, requestId: string): string {
  if (status < 400 || body.includes(requestId)) return body;
  const response = JSON.parse(body);
  for (const error of response.errors ?? []) error.extensions = { ...error.extensions, requestId };
  return JSON.stringify(response);
}

/** Without Apollo's messages, which may quote what a client sent. */
function quietLogger(log: Log) {
  const nothing = () => {};
  return { debug: nothing, info: nothing, warn: nothing, error: () => log.error('Apollo Server failed') };
}
