import type { ApolloClient } from '@apollo/client';

/**
 * Empties the cache and fetches the queries on the page again; until they have results they are loading, without data.
 *
 * `client.resetStore()` would do the same, but every query in flight would fail with "Store reset while query was in
 * flight", which components show as an error. Hence `ObservableQuery.reset()`, which is internal to Apollo Client: it
 * takes away a query's result and drops its request without an error.
 */
export async function emptyCache(client: ApolloClient): Promise<void> {
  for (const query of client.getObservableQueries('all')) query.reset();
  await client.cache.reset({ discardWatches: false });
  // A query that fails has its own error.
  client.refetchObservableQueries().catch(() => undefined);
}
