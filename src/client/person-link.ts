import { ApolloLink, Observable } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { evidenceIn, isChange, type Person, SOMEBODY } from './person.ts';
import { relay } from './relay.ts';

/** What the link needs from the client. */
export interface PersonLinkOptions {
  /** The person whose data the cache already holds. */
  person: Person;
  /** Empties the cache. */
  onChange(): void;
}

/**
 * Notices from results that another person, or nobody, is signed in. The result that shows it is passed on once the cache
 * is empty. Queries that were in flight for the former person are sent again, and their responses never arrive.
 */
export class PersonLink extends ApolloLink {
  private person: Person;
  private readonly onChange: () => void;
  private readonly queries = new Set<() => void>();
  /** Counts the changes of person. */
  private period = 0;

  constructor({ person, onChange }: PersonLinkOptions) {
    super();
    this.person = person;
    this.onChange = onChange;
  }

  /** The person changed elsewhere: in another tab, or while the page was not shown. */
  startOver(): void {
    this.person = undefined;
    this.restartQueries();
  }

  override request(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    if (operation.operationType === OperationTypeNode.QUERY) return this.restartable(() => forward(operation));
    const { period } = this;
    return new Observable(observer => {
      const next = (result: ApolloLink.Result) => {
        this.follow(result, period);
        const isLate = this.period > period && !evidenceIn(result);
        // Without type names nothing of a former person's late result can enter the cache.
        observer.next(isLate ? withoutTypes(result) : result);
      };
      return relay(forward(operation), observer, next);
    });
  }

  /** Results of the query. While it is in flight, a change of person sends it again. */
  private restartable(send: () => Observable<ApolloLink.Result>): Observable<ApolloLink.Result> {
    return new Observable(observer => {
      const restart = () => {
        subscription.unsubscribe();
        subscription = start();
      };
      const next = (result: ApolloLink.Result) => {
        this.queries.delete(restart);
        this.follow(result, this.period);
        observer.next(result);
      };
      const start = () => relay(send(), observer, next);
      this.queries.add(restart);
      let subscription = start();
      return () => {
        this.queries.delete(restart);
        subscription.unsubscribe();
      };
    });
  }

  /** Empties the cache if the result shows a change of person. Results of a former period show only new sessions. */
  private follow(result: ApolloLink.Result, period: number): void {
    const evidence = evidenceIn(result);
    if (!evidence || (period < this.period && !evidence.changed)) return;
    const changes = isChange(this.person, evidence);
    const keepsId = evidence.person === SOMEBODY && typeof this.person === 'string';
    if (!keepsId) this.person = evidence.person;
    if (!changes) return;
    this.restartQueries();
    this.onChange();
  }

  private restartQueries(): void {
    this.period += 1;
    for (const restart of [...this.queries]) restart();
  }
}

/** The result without `__typename`, by which the cache recognizes objects. */
function withoutTypes<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutTypes) as Value;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([name]) => name !== '__typename');
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutTypes(inner)])) as Value;
}
