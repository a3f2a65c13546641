// Express 5 with Apollo Server, and a schema of its own beside the one of bienvenue-auth.
// npm install bienvenue-auth @apollo/server @as-integrations/express5 @graphql-tools/schema express graphql@16
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema, mergeSchemas } from '@graphql-tools/schema';
import { createAuth, signedIn } from 'bienvenue-auth';
import { authPlugin } from 'bienvenue-auth/apollo';
import { accountPages } from 'bienvenue-auth/pages';
import express from 'express';

const port = Number(process.env.PORT ?? 4000);

const auth = await createAuth({
  databaseUrl: process.env.DATABASE_URL ?? 'sqlite:auth.sqlite',
  publicUrl: `http://localhost:${port}`,
});

const ownSchema = makeExecutableSchema({
  typeDefs: 'type Query { greeting: String! }',
  resolvers: {
    Query: {
      // Throws UNAUTHENTICATED for a visitor.
      greeting: (_root, _args, context) => `Hello, ${signedIn(context).user.email}`,
    },
  },
});

const app = express();
const httpServer = createServer(app);
const apollo = new ApolloServer({
  schema: mergeSchemas({ schemas: [auth.schema, ownSchema] }),
  plugins: [authPlugin(auth), ApolloServerPluginDrainHttpServer({ httpServer })],
});
await apollo.start();

// Sign in at /account/sign-in.
app.use(accountPages(auth));
app.use(
  '/graphql',
  express.json(),
  expressMiddleware(apollo, { context: ({ req, res }) => auth.context({ req, res }) }),
);

httpServer.listen(port, () => console.log(`http://localhost:${port}/graphql`));

process.once('SIGTERM', async () => {
  await apollo.stop();
  await auth.close();
});
