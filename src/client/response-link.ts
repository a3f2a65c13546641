import { ApolloLink, Observable } from '@apollo/client';
import { errorsIn } from './auth-error.ts';
import { forwardResults } from './forward-results.ts';

/** Makes an error of a response that is JSON and has neither data nor errors. Apollo Client takes it for a result. */
export class ResponseLink extends ApolloLink {
  override request(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    return new Observable(observer => {
      const next = (result: ApolloLink.Result) => {
        if (isResult(result)) observer.next(result);
        else observer.error(new Error('The response of the service cannot be read.'));
      };
      const subscription = forwardResults(forward(operation), observer, next);
      return () => subscription.unsubscribe();
    });
  }
}

const isResult = (result: ApolloLink.Result) =>
  (typeof result.data === 'object' && result.data !== null) || errorsIn(result).length > 0;
