import type { ApolloLink, Observable } from '@apollo/client';

interface Receiver {
  next(result: ApolloLink.Result): void;
  error(error: unknown): void;
  complete(): void;
}

/**
 * Passes what a source sends on to the receiver, results through `next`. RxJS would end an observer that is handed to
 * `subscribe` together with the subscription; this leaves it open for another source.
 */
export const relay = (
  source: Observable<ApolloLink.Result>,
  receiver: Receiver,
  next = (result: ApolloLink.Result) => receiver.next(result),
): { unsubscribe(): void } =>
  source.subscribe({ next, error: error => receiver.error(error), complete: () => receiver.complete() });
