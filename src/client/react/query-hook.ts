import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useCallback, useMemo } from 'react';
import { type AuthErrorInfo, authError } from '../auth-error.ts';
import { type RootValue, rootFieldName } from './root-field-name.ts';

/** Options of every query hook. */
export interface QueryHookOptions {
  /** Sends nothing while true. */
  skip?: boolean;
  /** Milliseconds between repetitions. By default there are none. */
  pollInterval?: number;
}

/** What a query hook returns. */
export interface QueryState<Value> {
  /** Undefined until it is known, and after an error. */
  data: Value | undefined;
  /** Also true while known data is fetched again. */
  loading: boolean;
  /** Why the last request failed. */
  error: AuthErrorInfo | undefined;
  /** Fetches again. Resolves when `data` or `error` is up to date. Never rejects. */
  refetch(): Promise<void>;
}

/** What the hook of a list returns. */
export interface ListState<Value> extends QueryState<Value> {
  /** Whether another page follows. */
  hasMore: boolean;
  /** Fetches the next page and appends it to `data`. Does nothing when there is none. Never rejects. */
  fetchMore(): Promise<{ error?: AuthErrorInfo }>;
}

/** A page of a list as the schema has it. */
interface Connection {
  edges: readonly unknown[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** The arguments of a query hook. Variables may be left out when all of them have a default. */
type QueryArguments<Variables> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: QueryHookOptions]
    : [variables: Variables, options?: QueryHookOptions];

type FetchPolicy = 'cache-first' | 'cache-and-network';

/** A hook for one query. */
export function queryHook<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  fetchPolicy: FetchPolicy = 'cache-and-network',
) {
  const useQueryState = stateHook(document, fetchPolicy);
  return (...args: QueryArguments<Variables>): QueryState<RootValue<Data>> => useQueryState(args)[0];
}

/** A hook for one query that returns a list in pages. */
export function listHook<Data, Variables extends OperationVariables & { after?: string | null }>(
  document: TypedDocumentNode<Data, Variables>,
) {
  const field = rootFieldName(document);
  const useQueryState = stateHook(document, 'cache-and-network');
  return (...args: QueryArguments<Variables>): ListState<RootValue<Data>> => {
    const [state, query] = useQueryState(args);
    const page = (state.data as Connection | undefined)?.pageInfo;
    const after = page?.hasNextPage ? page.endCursor : undefined;
    const { fetchMore: fetchPage } = query;
    const fetchMore = useCallback(async () => {
      if (!after) return {};
      const appended = (before: Data, next: Data) => {
        const list = before?.[field] as Connection | undefined;
        // The list may have been fetched again or have grown since: by a second click, or for another user.
        if (list?.pageInfo.endCursor !== after) return before;
        return { ...next, [field]: { ...next[field], edges: [...list.edges, ...edgesOf(next[field])] } };
      };
      return settled(
        fetchPage({
          variables: { after } as Partial<Variables>,
          updateQuery: (before, { fetchMoreResult }) =>
            appended(before as Data, fetchMoreResult as Data) as typeof before,
        }),
      );
    }, [after, fetchPage]);
    return { ...state, hasMore: after !== undefined, fetchMore };
  };
}

const edgesOf = (connection: unknown) => (connection as Connection).edges;

function stateHook<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  fetchPolicy: FetchPolicy,
) {
  const field = rootFieldName(document);
  return ([variables, { skip = false, pollInterval = 0 } = {}]: QueryArguments<Variables>) => {
    const query = useQuery<Data>(document, { variables, skip, pollInterval, fetchPolicy } as useQuery.Options<Data>);
    const { data, loading, error, refetch: fetchAgain } = query;
    const refetch = useCallback(async () => void (await settled(fetchAgain())), [fetchAgain]);
    const described = useMemo(() => error && authError(error), [error]);
    const value = data ? (data as Data)[field] : undefined;
    const state: QueryState<RootValue<Data>> = { data: value, loading, error: described, refetch };
    return [state, query] as const;
  };
}

async function settled(promise: Promise<unknown>): Promise<{ error?: AuthErrorInfo }> {
  try {
    await promise;
    return {};
  } catch (error) {
    return { error: authError(error) };
  }
}
