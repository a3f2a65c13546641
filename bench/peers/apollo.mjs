// Apollo's stand-alone server, as in its introduction, without a session lookup.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const typeDefs = 'type User { id: ID! email: String! name: String } type Query { profile: User }';
const profile = { id: '1', email: 'bench@example.org', name: null };

const server = new ApolloServer({ typeDefs, resolvers: { Query: { profile: () => profile } } });
await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: Number(process.env.PORT) } });
