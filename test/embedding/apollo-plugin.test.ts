import { ApolloServer } from '@apollo/server';
import { GraphQLBoolean, GraphQLError, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import type { LogFields } from '../../src/core/log.ts';
import { type Auth, createAuth } from '../../src/create-auth.ts';
import { authPlugin } from '../../src/graphql/apollo-plugin.ts';
import { newDatabase } from '../support/databases/new-database.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';

describe("a host program's Apollo Server", () => {
  let database: TestDatabase;
  let auth: Auth;
  const logged: [string, string, LogFields?][] = [];
  beforeAll(async () => {
    database = await newDatabase();
    const to = (level: string) => (message: string, fields?: LogFields) => void logged.push([level, message, fields]);
    const log = { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') };
    auth = await createAuth({ databaseUrl: database.url, bcryptCost: 10 }, { log: log as never });
  });
  beforeEach(() => {
    logged.length = 0;
  });
  afterAll(async () => {
    await auth.close();
    await database.drop();
  });

  async function run(query: string, { plugins = [authPlugin(auth)], schema = auth.schema, variables = {} } = {}) {
    const server = new ApolloServer<object>({ schema, plugins, nodeEnv: 'development' });
    const { body, http } = await server.executeOperation(
      { query, variables },
      { contextValue: { requestId: 'r1', session: null } },
    );
    await server.stop();
    return { result: body.kind === 'single' ? body.singleResult : {}, http };
  }

  it('rejects a document that is too large without further validation rules', async () => {
    const aliases = Array.from({ length: 16 }, (_, i) => `a${i}: __typename`).join(' ');
    const { result, http } = await run(`{ profile { ${aliases} } }`);

    expect(http.status).toBe(400);
    expect(result.errors).toMatchObject([
      {
        message: expect.stringContaining('aliases'),
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED', requestId: 'r1' },
      },
    ]);
    expect(result.errors?.[0]?.extensions).not.toHaveProperty('stacktrace');
  });

  it('rejects a document with too many tokens', async () => {
    const fragments = Array.from({ length: 120 }, (_, i) => `fragment f${i} on User { id }`);
    const spreads = fragments.map((_, i) => `...f${i}`);
    const { result } = await run(`{ profile { ${spreads.join(' ')} } } ${fragments.join(' ')}`);

    expect(result.errors?.[0]?.message).toContain('1000 tokens');
  });

  it('accepts larger documents where the host program raises the limit', async () => {
    const aliases = Array.from({ length: 16 }, (_, i) => `a${i}: __typename`).join(' ');
    const { result } = await run(`{ profile { ${aliases} } }`, {
      plugins: [authPlugin(auth, { limits: { aliases: 20 } })],
    });

    expect(result.errors).toBeUndefined();
  });

  it('rejects fragments that double at each level, without expanding them', async () => {
    const next = (level: number) => (level === 30 ? '__typename' : `...f${level + 1} ...f${level + 1}`);
    const fragments = Array.from({ length: 31 }, (_, level) => `fragment f${level} on Query { ${next(level)} }`);
    const { result } = await run(`{ ...f0 } ${fragments.join(' ')}`);

    expect(result.errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED', requestId: 'r1' });
  });

  it('names the field whose argument is wrong, when other fields have run', async () => {
    const host = new GraphQLObjectType({
      name: 'Query',
      fields: {
        first: { type: GraphQLString, resolve: () => 'done' },
        second: {
          type: GraphQLString,
          args: { flag: { type: new GraphQLNonNull(GraphQLBoolean), defaultValue: true } },
        },
      },
    });
    const query = 'query ($flag: Boolean = true) { first second(flag: $flag) }';
    const { result, http } = await run(query, {
      schema: new GraphQLSchema({ query: host }),
      variables: { flag: null },
    });

    expect(http.status).toBeUndefined();
    expect(result.data).toEqual({ first: 'done', second: null });
    expect(result.errors).toMatchObject([{ path: ['second'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('rejects a second credential mutation in an operation', async () => {
    const { result } = await run(
      'mutation { a: requestPasswordReset(email: "x") b: requestPasswordReset(email: "y") }',
    );

    expect(result.errors?.[0]?.message).toBe('An operation may contain only one of these: requestPasswordReset.');
  });

  it('masks and logs an unexpected error, also in development', async () => {
    // The context has no services, so that the resolver fails with a TypeError.
    const { result } = await run('mutation { logout }');

    expect(result.errors).toMatchObject([{ message: 'Something went wrong on our side.', path: ['logout'] }]);
    expect(result.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' });
    expect(logged).toMatchObject([['error', expect.any(String), { requestId: 'r1', operation: 'logout' }]]);
  });

  it('passes on a GraphQLError that a resolver of the host program throws with a code', async () => {
    const resolve = () => {
      throw new GraphQLError('Out of stock.', { extensions: { code: 'OUT_OF_STOCK' } });
    };
    const query = new GraphQLObjectType({ name: 'Query', fields: { order: { type: GraphQLString, resolve } } });
    const { result } = await run('{ order }', { schema: new GraphQLSchema({ query }) });

    expect(result.errors).toEqual([
      expect.objectContaining({ message: 'Out of stock.', extensions: { code: 'OUT_OF_STOCK', requestId: 'r1' } }),
    ]);
    expect(logged).toEqual([]);
  });

  it('does not repeat a literal of the wrong type, which may be a password', async () => {
    const { result } = await run('mutation { login(email: "ada@example.org", password: 12345678) { __typename } }');

    expect(JSON.stringify(result)).not.toContain('12345678');
    expect(result.errors?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

describe('the warning about a missing plugin', () => {
  const warnings = async (withPlugin: boolean) => {
    const database = await newDatabase();
    const messages: string[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void messages.push(message) };
    const auth = await createAuth({ databaseUrl: database.url }, { log: log as never });
    if (withPlugin) authPlugin(auth);
    for (let requests = 0; requests < 2; requests++)
      await auth.context({ request: new Request('http://localhost:4000') });
    await auth.close();
    await database.drop();
    return messages.filter(message => message.includes('authPlugin'));
  };

  it('is logged once, with the first request', async () => {
    expect(await warnings(false)).toHaveLength(1);
  });

  it('is not logged when the server has the plugin', async () => {
    expect(await warnings(true)).toEqual([]);
  });
});
