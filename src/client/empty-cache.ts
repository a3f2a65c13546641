import type { ApolloClient } from '@apollo/client';

/** Empties the cache, which is empty when this returns, and fetches active queries again. */
export function emptyCache(client: ApolloClient): void {
  // The promise is for other caches: InMemoryCache is empty when `reset` returns.
  void client.cache.reset({ discardWatches: false });
  // A query that fails has its own error.
  client.refetchObservableQueries().catch(() => undefined);
}
