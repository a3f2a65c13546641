import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLFormattedError,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import type { Config } from '../config.ts';
import type { Auth } from '../create-auth.ts';
import { AuthError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { formatError, httpOf, isLayerError, RequestRefused, rootOf } from '../graphql/errors.ts';
import { describe, type Log, type LogFields } from '../log.ts';
import { allowMethods, contentType, type HttpExchange, parseJson, readBody } from './exchange.ts';

/** The context of an operation that came over HTTP: with the log line of its request. */
type OperationContext = Context & { line?: LogFields };

/** Longer documents are refused half read: what is nested that deep costs more to check than to write. */
const MOST_TOKENS = 1000;

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
      parseOptions: { maxTokens: MOST_TOKENS },
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
    allowMethods(exchange, 'GET', 'POST');
    // Apollo asks only when it has an answer, and what the operation changed stays changed.
    if (!accepts(req.headers.accept)) throw new RequestRefused(406, 'Accept application/json.');
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

/** Gives each error its request id, each answer the status that its code asks for, and the log what it may know. */
function answersPlugin(log: Log): ApolloServerPlugin<OperationContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, schema, contextValue: { requestId }, document, operation }) {
          for (const error of errors) {
            if (isLayerError(error)) continue;
            const { code, cause } = AuthError.of(rootOf(error));
            if (code !== 'INTERNAL_SERVER_ERROR' && code !== 'UNAVAILABLE') continue;
            const fields = namesOf(rootFieldsOf(operation, document), schema);
            log.error('operation failed', { requestId, operation: fields, code, ...describe(cause) });
          }
        },
        async willSendResponse({ response, schema, contextValue: { line, requestId }, document, operation }) {
          const fields = rootFieldsOf(operation, document);
          if (line) line.operation = namesOf(fields, schema);
          if (response.body.kind !== 'single' || !response.body.singleResult.errors) return;
          const { errors } = response.body.singleResult;
          response.body.singleResult.errors = errors.map(error => ({
            ...error,
            extensions: { ...error.extensions, requestId },
          }));
          if (line) line.code = String(errors[0]?.extensions?.code);
          // Refused before any field was run, as GraphQL over HTTP has it.
          if (!errors[0]?.path) response.http.status ??= 400;
          if (fields.length === 1) refuseByHttp(response.http, errors[0]);
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

/** What is asked for at the root, also through fragments. */
function rootFieldsOf(operation: OperationDefinitionNode | undefined, document: DocumentNode | undefined): string[] {
  return operation ? fieldsIn(operation.selectionSet, document) : [];
}

function fieldsIn({ selections }: SelectionSetNode, document: DocumentNode | undefined): string[] {
  return selections.flatMap(selection => {
    if (selection.kind === 'Field') return [selection.name.value];
    if (selection.kind === 'InlineFragment') return fieldsIn(selection.selectionSet, document);
    const fragment = document?.definitions.find(
      definition => definition.kind === 'FragmentDefinition' && definition.name.value === selection.name.value,
    ) as FragmentDefinitionNode | undefined;
    return fragment ? fieldsIn(fragment.selectionSet, document) : [];
  });
}

const MOST_LOGGED_FIELDS = 5;

/** For the log: names that the schema has; all others, and the operation's own, a client chooses. */
function namesOf(fields: string[], schema: GraphQLSchema): string | undefined {
  const known = { ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() };
  return (
    fields
      .filter(name => Object.hasOwn(known, name))
      .slice(0, MOST_LOGGED_FIELDS)
      .join(' ') || undefined
  );
}

/** Apollo's own messages may quote what a client sent. */
function quietLogger(log: Log) {
  const nothing = () => {};
  return { debug: nothing, info: nothing, warn: nothing, error: () => log.error('graphql layer failed') };
}
