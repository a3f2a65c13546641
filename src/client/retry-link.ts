import { ApolloLink, Observable } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { type AuthErrorInfo, authError, errorOfResult } from './auth-error.ts';

/** Resolves after the given number of milliseconds. */
export type Wait = (ms: number) => Promise<void>;

/** How often a request is sent again at most. More would keep a user waiting for an error that stays. */
const MAX_RETRIES = 2;
/** Seconds. For a longer wait the user needs to see the error. */
const MAX_WAIT = 10;
/** Seconds, when the server names no time. Doubled for the second retry. */
const DEFAULT_WAIT = 0.5;

/**
 * Sends a request again where that is safe, after the time that the server named: queries when the service is busy or
 * cannot be reached, mutations only when the server was too busy to begin them. After any other failure a mutation may have
 * taken effect. RATE_LIMITED is never retried, because the wait is too long to be hidden from the user.
 */
export class RetryLink extends ApolloLink {
  constructor(private readonly wait: Wait) {
    super();
  }

  override request(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    return new Observable(observer => {
      let subscription: { unsubscribe(): void } | undefined;
      const send = (attempt: number) => {
        if (observer.closed) return;
        /** Returns false when the failure is final. */
        const scheduleRetry = (error: AuthErrorInfo): boolean => {
          const seconds = error.retryAfter ?? DEFAULT_WAIT * 2 ** attempt;
          if (attempt >= MAX_RETRIES || seconds > MAX_WAIT || !isSafe(operation, error)) return false;
          this.wait(seconds * 1000).then(
            () => send(attempt + 1),
            failure => observer.error(failure),
          );
          return true;
        };
        let retrying = false;
        subscription = forward(operation).subscribe({
          next: result => {
            retrying = result.errors !== undefined && scheduleRetry(infoOf(operation, result));
            if (!retrying) observer.next(result);
          },
          error: error => {
            if (!scheduleRetry(authError(error))) observer.error(error);
          },
          complete: () => {
            if (!retrying) observer.complete();
          },
        });
      };
      send(0);
      return () => subscription?.unsubscribe();
    });
  }
}

const TEMPORARY: ReadonlySet<string> = new Set(['BUSY', 'UNAVAILABLE', 'NETWORK_ERROR']);

const isSafe = ({ operationType }: ApolloLink.Operation, { code }: AuthErrorInfo) =>
  operationType === OperationTypeNode.QUERY ? TEMPORARY.has(code) : code === 'BUSY';

/** The first error of a result, with the `Retry-After` header of its response. */
function infoOf(operation: ApolloLink.Operation, result: ApolloLink.Result): AuthErrorInfo {
  const { response } = operation.getContext() as { response?: Response };
  return errorOfResult(result, response?.headers);
}
