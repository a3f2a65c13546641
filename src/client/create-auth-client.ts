import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { ProfileDocument, possibleTypes } from '../../schema/documents.ts';
import { emptyCache } from './empty-cache.ts';
import { type Channel, OtherPages } from './other-pages.ts';
import { PersonLink } from './person-link.ts';
import { RetryLink, type Wait } from './retry-link.ts';
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
  /** How tabs tell each other that the person changed. By default `BroadcastChannel('bienvenue-auth')` in a browser. */
  channel?: Channel;
  /** Waits before a request is sent again. By default with `setTimeout`. */
  wait?: Wait;
}

/**
 * An `ApolloClient` for Bienvenue. When another person signs in, or nobody is signed in any more, its cache is empty
 * before the app receives the result, and the queries on the page are fetched again, in other tabs as well. `stop()`
 * ends that.
 */
export function createAuthClient({ cache = new InMemoryCache(), ...options }: AuthClientOptions): ApolloClient {
  cache.policies.addPossibleTypes(possibleTypes);
  const person = new PersonLink({
    person: cache.readQuery({ query: ProfileDocument })?.profile?.id,
    onChange: () => {
      emptyCache(client);
      pages.announceChange();
    },
  });
  const client = new ApolloClient({ cache, link: ApolloLink.from([person, ...transportLinks(options)]) });
  const pages = new OtherPages(options.channel, () => {
    person.startOver();
    emptyCache(client);
  });
  const stop = client.stop.bind(client);
  client.stop = () => {
    pages.close();
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
  return [new RetryLink(wait), ...(isCookie ? [] : [new TokenLink(transport.storage)]), http];
}

const setTimer: Wait = ms => new Promise(resolve => void setTimeout(resolve, ms));
