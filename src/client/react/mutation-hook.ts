import type { ApolloClient, OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useCallback, useRef, useState } from 'react';
import { type AuthErrorInfo, authError } from '../auth-error.ts';
import { useAuthClient } from './provider.ts';
import { type RootValue, rootFieldName } from './root-field-name.ts';

/** The outcome of a mutation: either `data`, the value of its field, or `error`. */
export type Outcome<Value> = { data: Value; error?: undefined } | { data?: undefined; error: AuthErrorInfo };

/** The state of the last call of a mutation. */
export interface MutationState {
  /** True while a call is in flight. */
  loading: boolean;
  /** Why the last call failed. Undefined while another one is in flight, and after a success. */
  error: AuthErrorInfo | undefined;
  /** Forgets the error. */
  reset(): void;
}

/** The arguments of a mutation. Variables may be left out when all of them have a default. */
type MutationArguments<Variables> =
  Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables];

/**
 * Sends the mutation. Never rejects. A call with the same variables while the first is in flight sends nothing and
 * returns the promise of the first, so that a double submit sends once.
 */
export type Mutate<Value, Variables> = (...args: MutationArguments<Variables>) => Promise<Outcome<Value>>;

/** A hook for one mutation. */
export function mutationHook<Data, Variables extends OperationVariables>(document: TypedDocumentNode<Data, Variables>) {
  const field = rootFieldName(document);

  async function send(client: ApolloClient, variables: Variables | undefined): Promise<Outcome<RootValue<Data>>> {
    try {
      const { data } = await client.mutate<Data>({ mutation: document, variables } as ApolloClient.MutateOptions<Data>);
      // A response that is no GraphQL response has neither data nor an error.
      return data ? { data: (data as Data)[field] } : { error: authError(undefined) };
    } catch (error) {
      return { error: authError(error) };
    }
  }

  return (): [Mutate<RootValue<Data>, Variables>, MutationState] => {
    const client = useAuthClient();
    const [error, setError] = useState<AuthErrorInfo>();
    const [pending, setPending] = useState(0);
    const inFlight = useRef(new Map<string, Promise<Outcome<RootValue<Data>>>>());

    const mutate = useCallback(
      (...[variables]: MutationArguments<Variables>) => {
        const key = JSON.stringify(variables ?? {});
        const first = inFlight.current.get(key);
        if (first) return first;
        setError(undefined);
        setPending(count => count + 1);
        const outcome = send(client, variables).then(settled => {
          inFlight.current.delete(key);
          setPending(count => count - 1);
          setError(settled.error);
          return settled;
        });
        inFlight.current.set(key, outcome);
        return outcome;
      },
      [client],
    );
    const reset = useCallback(() => setError(undefined), []);
    return [mutate, { loading: pending > 0, error, reset }];
  };
}
