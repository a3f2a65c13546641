import type { ApolloClient } from '@apollo/client';
import { ApolloProvider, useApolloClient } from '@apollo/client/react';
import { createElement, type ReactNode } from 'react';

/** Makes the client of `createAuthClient` available to the hooks below it. */
export function AuthProvider({ client, children }: { client: ApolloClient; children?: ReactNode }): ReactNode {
  return createElement(ApolloProvider, { client, children });
}

/** The client of the nearest `AuthProvider`. Throws without one. */
export const useAuthClient = (): ApolloClient => useApolloClient();
