// GraphQL Yoga, with the schema of bienvenue-auth alone.
// npm install bienvenue-auth graphql-yoga graphql@16
import { createServer } from 'node:http';
import { createAuth } from 'bienvenue-auth';
import { useAuth } from 'bienvenue-auth/envelop';
import { createYoga } from 'graphql-yoga';

const port = Number(process.env.PORT ?? 4000);

const auth = await createAuth({
  databaseUrl: process.env.DATABASE_URL ?? 'sqlite:auth.sqlite',
  publicUrl: `http://localhost:${port}`,
});

const yoga = createYoga({
  schema: auth.schema,
  context: ({ req, res }) => auth.context({ req, res }),
  plugins: [useAuth(auth)],
  // The origins that may use the session are an option of createAuth, `allowedOrigins`.
  cors: false,
});

const server = createServer(yoga);
server.listen(port, () => console.log(`http://localhost:${port}/graphql`));

process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
  auth.close();
});
