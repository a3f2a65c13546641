import { authError, createAuthClient, type TokenStorage } from 'bienvenue-auth/client';
import { type AccountEventType, LoginDocument } from 'bienvenue-auth/documents';
import { graphql } from './generated/gql.ts';

// An operation of this project: one request for what a page of its own shows. Its types are generated.
const OverviewDocument = graphql(`
  query Overview($events: Int!) {
    profile {
      email
    }
    accountEvents(first: $events) {
      edges {
        node {
          type
          at
        }
      }
    }
  }
`);

let token: string | null = null;
const storage: TokenStorage = {
  get: () => token,
  set: value => {
    token = value;
  },
  remove: () => {
    token = null;
  },
};
const { AUTH_URL = 'http://localhost:4000/graphql', EMAIL = '', PASSWORD = '' } = process.env;
const client = createAuthClient({ uri: AUTH_URL, transport: { storage } });

const SENTENCES: Partial<Record<AccountEventType, string>> = { REGISTERED: 'joined', SIGNED_IN: 'signed in' };

try {
  // An operation that comes with the package, types included.
  await client.mutate({ mutation: LoginDocument, variables: { email: EMAIL, password: PASSWORD } });
  const { data } = await client.query({ query: OverviewDocument, variables: { events: 3 } });
  for (const { node } of data?.accountEvents.edges ?? [])
    console.log(`${data?.profile?.email} ${SENTENCES[node.type] ?? node.type} at ${node.at}`);
} catch (error) {
  console.error(authError(error).message);
  process.exitCode = 1;
}
