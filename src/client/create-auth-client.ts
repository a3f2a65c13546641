import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { possibleTypes } from '../../schema/documents.ts';
import { PersonLink } from './person-link.ts';

/** Where an app that uses `Authorization: Bearer` keeps the session token. */
export interface TokenStorage {
  get(): string | null | Promise<string | null>;
  set(token: string): void | Promise<void>;
  remove(): void | Promise<void>;
}

/** `cookie`: the browser keeps the session. With a storage, the app does, and requests carry the token as bearer. */
export type Transport = 'cookie' | { storage: TokenStorage };

/** Options of `createAuthClient`. */
export interface AuthClientOptions {
  /** The address of the GraphQL endpoint, such as `/graphql` or `https://auth.example.org/graphql`. */
  uri: string;
  /** `cookie` by default. */
  transport?: Transport;
  /** By default the global `fetch`. */
  fetch?: typeof fetch;
  /** Headers of every request. */
  headers?: Record<string, string>;
  /** By default a new `InMemoryCache`. */
  cache?: InMemoryCache;
}

/** An `ApolloClient` for Bienvenue. */
export function createAuthClient({
  uri,
  fetch,
  headers,
  cache = new InMemoryCache(),
}: AuthClientOptions): ApolloClient {
  cache.policies.addPossibleTypes(possibleTypes);
  const person = new PersonLink(emptyCache);
  const http = new HttpLink({ uri, credentials: 'include', ...(fetch && { fetch }), ...(headers && { headers }) });
  const client = new ApolloClient({ cache, link: ApolloLink.from([person, http]) });

  /** Resolves when the cache is empty. Queries on the page are fetched again afterwards. */
  function emptyCache(): Promise<void> {
    return new Promise(resolve => {
      const unregister = client.onResetStore(async () => {
        unregister();
        resolve();
      });
      // A query that fails shows its own error.
      client.resetStore().catch(() => undefined);
    });
  }

  return client;
}
