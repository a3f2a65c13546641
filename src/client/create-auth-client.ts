import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { ProfileDocument, possibleTypes } from '../../schema/documents.ts';
import { CurrentUserLink } from './current-user-link.ts';
import { emptyCache } from './empty-cache.ts';
import { ResponseLink } from './response-link.ts';
import { RetryLink, type Wait } from './retry-link.ts';
import { type Channel, TabSync } from './tab-sync.ts';
import { TokenLink, type TokenStorage } from './token-link.ts';

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
  /** How tabs announce a change of user to each other. By default `BroadcastChannel('bienvenue-auth')` in a browser. */
  channel?: Channel;
  /** Waits before a request is sent again. By default with `setTimeout`. */
  wait?: Wait;
}

/**
 * An `ApolloClient` for Bienvenue. When another user signs in, or the session ends, its cache is emptied before the app
 * receives the result, and active queries are fetched again, in other tabs as well. `stop()` disconnects it from other
 * tabs.
 */
export function createAuthClient({ cache = new InMemoryCache(), ...options }: AuthClientOptions): ApolloClient {
  cache.policies.addPossibleTypes(possibleTypes);
  const currentUser = new CurrentUserLink({
    user: cache.readQuery({ query: ProfileDocument })?.profile?.id,
    onChange: () => {
      emptyCache(client);
      tabs.announceChange();
    },
  });
  const client = new ApolloClient({ cache, link: ApolloLink.from([currentUser, ...transportLinks(options)]) });
  const tabs = new TabSync(options.channel, () => {
    currentUser.reset();
    emptyCache(client);
  });
  const stop = client.stop.bind(client);
  client.stop = () => {
    tabs.close();
    stop();
  };
  return client;
}

function transportLinks({
  uri,
  fetch,
  headers,
  transport = 'cookie',
  wait = setTimer,
}: Omit<AuthClientOptions, 'cache'>): ApolloLink[] {
  const isCookie = transport === 'cookie';
  // The server refuses a request that carries both a cookie and a token.
  const http = new HttpLink({ uri, fetch, headers, credentials: isCookie ? 'include' : 'omit' });
  return [new RetryLink(wait), ...(isCookie ? [] : [new TokenLink(transport.storage)]), new ResponseLink(), http];
}

const setTimer: Wait = ms => new Promise(resolve => void setTimeout(resolve, ms));
