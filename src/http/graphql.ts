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
import { allowMethods, contentType, type HttpExchange, parseJson, readBody } from './exchange.ts';
import type { LoadShedder } from './load-shedder.ts';
import type { QueryFastPath } from './query-fast-path.ts';

/**
 * Documents that need not be parsed and validated again: those used last. A front end has a few dozen. Apollo's own store
 * counts bytes of JSON, and had grown by half a gigabyte after a hundred thousand different queries of a stranger.
 */
const MOST_DOCUMENTS = 200;

/** Apollo behind HTTP. */
export class GraphqlEndpoint {
  private readonly apollo: ApolloServer<OperationContext>;

  constructor(
    private readonly auth: Auth,
    { playground }: Options,
    log: Log,
    private readonly pressure: LoadShedder,
    private readonly known: QueryFastPath,
  ) {
    this.apollo = new ApolloServer<OperationContext>({
      schema: auth.schema,
      // Every switch is set here, so that none of them hangs on NODE_ENV.
      nodeEnv: 'production',
      introspection: playground,
      hideSchemaDetailsFromClientErrors: !playground,
      includeStacktraceInErrorResponses: false,
      allowBatchedHttpRequests: false,
      csrfPrevention: true,
      persistedQueries: false,
      documentStore: new InMemoryLRUCache<DocumentNode>({ maxSize: MOST_DOCUMENTS, sizeCalculation: () => 1 }),
      status400ForVariableCoercionErrors: true,
      stopOnTerminationSignals: false,
      parseOptions: { maxTokens: DOCUMENT_LIMITS.tokens },
      validationRules: [documentLimits(auth.schema)],
      formatError,
      logger: quietLogger(log),
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        authPlugin(auth),
        this.known.plugin(),
      ],
    });
  }

  start(): Promise<void> {
    return this.apollo.start();
  }

  async handle(exchange: HttpExchange): Promise<void> {
    const { req, res, search, requestId, line } = exchange;
    allowMethods(exchange, 'GET', 'POST');
    // Apollo asks only when it has an answer, and what the operation changed stays changed.
    if (!this.known.hasContentType(req.headers.accept) && !accepts(req.headers.accept))
      throw new HttpError(406, 'Accept application/json.');
    const body = req.method === 'POST' ? await this.readOperation(exchange) : undefined;
    const context: OperationContext = await this.auth.context({ req, res, requestId });
    context.line = line;
    const known = await this.known.respond(req.headers.accept, body, context);
    if (known) {
      res.setHeader('content-type', known.contentType);
      res.end(known.body);
      return;
    }
    const answer = await this.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: req.method ?? '', headers: headersForApollo(exchange), search, body },
      context: async () => context,
    });
    for (const [name, value] of answer.headers) if (name !== 'cache-control') res.setHeader(name, value);
    if (answer.body.kind !== 'complete') throw new Error('The schema has no field that could answer in parts.');
    res.statusCode = answer.status ?? 200;
    if (res.statusCode === 200) this.known.learnContentType(req.headers.accept, answer.headers.get('content-type'));
    if (line.code) await this.pressure.delay(line.code);
    res.end(withRequestId(answer.body.string, res.statusCode, requestId));
  }

  private async readOperation(exchange: HttpExchange): Promise<unknown> {
    const content = contentType(exchange);
    if (content.type !== 'application/json') throw new HttpError(415, 'Send operations as application/json.');
    return parseJson(await readBody(exchange, content));
  }
}

const ACCEPTED = /^(application\/(json|graphql-response\+json|\*)|\*\/\*)$/;

/** Whether one of the two forms of an answer is welcome. */
function accepts(header = '*/*'): boolean {
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

const HEADERS_FOR_APOLLO = ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'];

function headersForApollo({ req }: HttpExchange): HeaderMap {
  const headers = new HeaderMap();
  for (const name of HEADERS_FOR_APOLLO) {
    const value = req.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}

/** What Apollo refuses before there is an operation, it answers without asking the plugin below. */
function withRequestId(body: string, status: number, requestId: string): string {
  if (status < 400 || body.includes(requestId)) return body;
  const answer = JSON.parse(body);
  for (const error of answer.errors ?? []) error.extensions = { ...error.extensions, requestId };
  return JSON.stringify(answer);
}

/** Apollo's own messages may quote what a client sent. */
function quietLogger(log: Log) {
  const nothing = () => {};
  return { debug: nothing, info: nothing, warn: nothing, error: () => log.error('graphql layer failed') };
}
