// The fastest GraphQL server known to us: Fastify with compiled queries. No session lookup.
import Fastify from 'fastify';
import mercurius from 'mercurius';

const schema = 'type User { id: ID! email: String! name: String } type Query { profile: User }';
const profile = { id: '1', email: 'bench@example.org', name: null };

const app = Fastify();
await app.register(mercurius, { schema, resolvers: { Query: { profile: () => profile } }, jit: 1 });
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
