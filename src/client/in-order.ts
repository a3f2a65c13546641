import { type ApolloLink, Observable } from '@apollo/client';

type Results = Observable<ApolloLink.Result>;

/**
 * The results of `source` in their order, each once `before` has resolved for it. Without a promise to wait for, a result
 * is passed on at once.
 */
export function inOrder(source: Results, before: (result: ApolloLink.Result) => Promise<void> | undefined): Results {
  return new Observable(observer => {
    let waiting: Promise<void> | undefined;
    const afterwards = (act: () => void) => {
      if (waiting) waiting = waiting.then(act).catch(error => observer.error(error));
      else act();
    };
    const subscription = source.subscribe({
      next: result => {
        const ready = before(result);
        if (ready) waiting = Promise.all([waiting, ready]).then(() => undefined);
        afterwards(() => observer.next(result));
      },
      error: error => afterwards(() => observer.error(error)),
      complete: () => afterwards(() => observer.complete()),
    });
    return () => subscription.unsubscribe();
  });
}
