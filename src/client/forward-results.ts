import type { ApolloLink, Observable } from '@apollo/client';

interface Receiver {
  next(result: ApolloLink.Result): void;
  error(error: unknown): void;
  complete(): void;
}

/**
 * Forwards results (through `next`), errors and completion of a source. An observer that is passed to `subscribe` itself
 * would be closed by RxJS when the subscription ends; this leaves it open for another source.
 */
export const forwardResults = (
  source: Observable<ApolloLink.Result>,
  receiver: Receiver,
  next = (result: ApolloLink.Result) => receiver.next(result),
): { unsubscribe(): void } =>
  source.subscribe({ next, error: error => receiver.error(error), complete: () => receiver.complete() });
