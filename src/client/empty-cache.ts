import type { ApolloClient } from '@apollo/client';

/** Empties the cache and fetches the queries on the page again. The cache is empty when this returns. */
export function emptyCache(client: ApolloClient): void {
  // InMemoryCache does this at once, although the interface of caches allows for a promise.
  void client.cache.reset({ discardWatches: false });
  // A query that fails has its own error.
  client.refetchObservableQueries().catch(() => undefined);
}
