import { ApolloLink, Observable } from '@apollo/client';
import { errorsIn } from './auth-error.ts';
import { forwardResults } from './forward-results.ts';

/** Turns a JSON response with neither data nor errors into an error. Apollo Client would treat it as a result. */
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
