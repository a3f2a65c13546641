import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError, OperationDefinitionNode } from 'graphql';
import type { Config } from '../config.ts';
import type { Auth } from '../create-auth.ts';
import { AuthError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { formatError, httpOf, isLayerError, RequestRefused, rootOf } from '../graphql/errors.ts';
import { describe, type Log, type LogFields } from '../log.ts';
import { contentType, type HttpExchange, parseJson, readBody } from './exchange.ts';

/** The context of an operation that came over HTTP: with the log line of its request. */
type OperationContext = Context & { line?: LogFields };

/** Apollo behind HTTP. */
export class GraphqlEndpoint {
  private readonly apollo: ApolloServer<OperationContext>;

  constructor(
    private readonly auth: Auth,
    { playground }: Config,
    log: Log,
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
      status400ForVariableCoercionErrors: true,
      stopOnTerminationSignals: false,
      formatError,
      logger: quietLogger(log),
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        answersPlugin(log),
      ],
    });
  }

  start(): Promise<void> {
    return this.apollo.start();
  }

  stop(): Promise<void> {
    return this.apollo.stop();
  }

  async handle(exchange: HttpExchange): Promise<void> {
    const { req, res, search, requestId, line } = exchange;
    const body = req.method === 'POST' ? await this.readOperation(exchange) : undefined;
    const context: OperationContext = await this.auth.context({ req, res, requestId });
    context.line = line;
    const answer = await this.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: req.method ?? '', headers: headersForApollo(exchange), search, body },
      context: async () => context,
    });
    for (const [name, value] of answer.headers) if (name !== 'cache-control') res.setHeader(name, value);
    if (answer.body.kind !== 'complete') throw new Error('The schema has no field that could answer in parts.');
    res.statusCode = answer.status ?? 200;
    res.end(withRequestId(answer.body.string, res.statusCode, requestId));
  }

  private async readOperation(exchange: HttpExchange): Promise<unknown> {
    if (contentType(exchange).type !== 'application/json') {
      throw new RequestRefused(415, 'Send operations as application/json.');
    }
    return parseJson(await readBody(exchange));
  }
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

/** Gives each error its request id, each answer the status that its code asks for, and the log what it may know. */
function answersPlugin(log: Log): ApolloServerPlugin<OperationContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue: { requestId }, operation }) {
          for (const error of errors) {
            if (isLayerError(error)) continue;
            const { code, cause } = AuthError.of(rootOf(error));
            if (code !== 'INTERNAL_SERVER_ERROR' && code !== 'UNAVAILABLE') continue;
            log.error('operation failed', { requestId, operation: rootFieldsOf(operation), code, ...describe(cause) });
          }
        },
        async willSendResponse({ response, contextValue: { line, requestId }, operation }) {
          if (line) line.operation = rootFieldsOf(operation);
          if (response.body.kind !== 'single' || !response.body.singleResult.errors) return;
          const { errors } = response.body.singleResult;
          response.body.singleResult.errors = errors.map(error => ({
            ...error,
            extensions: { ...error.extensions, requestId },
          }));
          if (line) line.code = String(errors[0]?.extensions?.code);
          if (operation?.selectionSet.selections.length === 1) refuseByHttp(response.http, errors[0]);
        },
      };
    },
  };
}

function refuseByHttp(http: { status?: number; headers: HeaderMap }, error: GraphQLFormattedError | undefined): void {
  const { status, retryAfter } = httpOf(error?.extensions ?? {});
  if (status === 200) return;
  http.status = status;
  http.headers.set('retry-after', String(retryAfter));
}

const MOST_LOGGED_FIELDS = 5;

/** Names from the schema, never the operation's own, which a client chooses. */
function rootFieldsOf(operation: OperationDefinitionNode | undefined): string | undefined {
  const fields = operation?.selectionSet.selections.slice(0, MOST_LOGGED_FIELDS);
  return fields?.map(field => (field.kind === 'Field' ? field.name.value : '...')).join(' ');
}

/** Apollo's own messages may quote what a client sent. */
function quietLogger(log: Log) {
  const nothing = () => {};
  return { debug: nothing, info: nothing, warn: nothing, error: () => log.error('graphql layer failed') };
}
