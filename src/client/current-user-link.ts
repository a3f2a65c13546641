import { ApolloLink, Observable } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { type CurrentUser, type Evidence, evidenceIn, ID_UNKNOWN, isOtherUser } from './current-user.ts';
import { forwardResults } from './forward-results.ts';

interface CurrentUserLinkOptions {
  /** The user whose data the cache already holds. */
  user: CurrentUser;
  /** Empties the cache. */
  onChange(): void;
}

/**
 * Detects from results that another user, or none, is signed in. The result that shows it is passed on once the cache is
 * empty. Queries that were in flight for the former user are sent again, and their responses are dropped.
 */
export class CurrentUserLink extends ApolloLink {
  private user: CurrentUser;
  private readonly onChange: () => void;
  /** The user who was taken for signed out because of the last UNAUTHENTICATED error. */
  private refused: CurrentUser;
  /** The user who was still signed in after such an error: for this user it is no sign of an ended session. */
  private refusedInSession: CurrentUser;
  /** Each sends a query in flight again. */
  private readonly restarts = new Set<() => void>();
  /** Counts the changes of user. */
  private generation = 0;

  constructor({ user, onChange }: CurrentUserLinkOptions) {
    super();
    this.user = user;
    this.onChange = onChange;
  }

  /** To be called when the user may have changed elsewhere: in another tab, or while the page was frozen. */
  reset(): void {
    this.user = this.refused = this.refusedInSession = undefined;
    this.restartQueries();
  }

  override request(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    if (operation.operationType === OperationTypeNode.QUERY) return this.restartable(operation, forward);
    const { generation } = this;
    return new Observable(observer => {
      const next = (result: ApolloLink.Result) => {
        const evidence = evidenceIn(operation, result);
        this.observe(evidence, generation);
        const isLate = this.generation > generation && !evidence;
        // Without type names nothing of a former user's late result can enter the cache.
        observer.next(isLate ? withoutTypes(result) : result);
      };
      return forwardResults(forward(operation), observer, next);
    });
  }

  /** The results of a query, which is sent again when the user changes while it is in flight. */
  private restartable(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    return new Observable(observer => {
      const restart = () => {
        subscription.unsubscribe();
        subscription = start();
      };
      const next = (result: ApolloLink.Result) => {
        this.restarts.delete(restart);
        this.observe(evidenceIn(operation, result), this.generation);
        observer.next(result);
      };
      const start = () => forwardResults(forward(operation), observer, next);
      this.restarts.add(restart);
      let subscription = start();
      return () => {
        this.restarts.delete(restart);
        subscription.unsubscribe();
      };
    });
  }

  /**
   * Empties the cache if the evidence shows another user. A mutation that was sent before the last change counts only if it
   * changed the session.
   */
  private observe(evidence: Evidence | undefined, generation: number): void {
    if (!evidence || (generation < this.generation && !evidence.sessionChanged)) return;
    if (this.contradicts(evidence)) return;
    const isChange = isOtherUser(this.user, evidence);
    const keepsId = !isChange && evidence.user === ID_UNKNOWN && typeof this.user === 'string';
    if (!keepsId) this.user = evidence.user;
    if (!isChange) return;
    this.restartQueries();
    this.onChange();
  }

  /**
   * An app may refuse a field with UNAUTHENTICATED although the user is signed in. Taken for the end of the session each
   * time, it would send all queries again without end.
   */
  private contradicts({ user, sessionChanged, refused }: Evidence): boolean {
    if (sessionChanged) this.refused = this.refusedInSession = undefined;
    if (refused && typeof this.user === 'string') {
      if (this.user === this.refusedInSession) return true;
      this.refused = this.user;
    }
    if (this.user === null && typeof user === 'string' && user === this.refused) this.refusedInSession = user;
    return false;
  }

  private restartQueries(): void {
    this.generation += 1;
    for (const restart of [...this.restarts]) restart();
  }
}

/** The result without `__typename`, by which the cache recognizes objects. */
function withoutTypes<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutTypes) as Value;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([name]) => name !== '__typename');
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutTypes(inner)])) as Value;
}
