import { ApolloLink, Observable } from '@apollo/client';

/** What is known of the signed-in person: an id, null for a visitor, undefined while nothing is known. */
type Person = string | null | undefined;

type Data = Record<string, unknown>;

/** Mutations after which the browser may have another session, or none. */
const CHANGES_PERSON = ['logout', 'deleteAccount', 'resetPassword', 'revertEmailChange'];

/** What the link does when the person changes. Resolves once the cache is empty. */
export type OnPersonChange = () => Promise<void>;

/**
 * Notices that another person, or nobody, is signed in. The result that shows it is passed on only after the cache was
 * emptied. Queries of the former person that are in flight are dropped.
 */
export class PersonLink extends ApolloLink {
  private person: Person;
  private epoch = 0;

  constructor(private readonly onChange: OnPersonChange) {
    super();
  }

  /** The person changed elsewhere: in another tab, or while the page was not shown. */
  forget(): void {
    this.epoch += 1;
    this.person = undefined;
  }

  override request(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    const { epoch } = this;
    return new Observable(observer => {
      const subscription = forward(operation).subscribe({
        next: result => {
          if (epoch === this.epoch && this.changedBy(result)) {
            this.epoch += 1;
            this.onChange().then(() => {
              observer.next(result);
              observer.complete();
            });
          } else {
            observer.next(result);
            observer.complete();
          }
        },
        error: error => observer.error(error),
      });
      return () => subscription.unsubscribe();
    });
  }

  private changedBy({ data, errors }: ApolloLink.Result): boolean {
    if (errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) return this.becomes(null);
    const fields = (data ?? {}) as Data;
    const signedIn = (fields.login ?? fields.register) as { user?: { id?: string } } | undefined;
    if (signedIn?.user) {
      this.person = signedIn.user.id;
      return true;
    }
    if (CHANGES_PERSON.some(field => field in fields)) {
      this.person = undefined;
      return true;
    }
    if ('profile' in fields) return this.becomes((fields.profile as { id?: string } | null)?.id ?? null);
    return false;
  }

  /** Whether a person that was known before is replaced. */
  private becomes(person: Person): boolean {
    const before = this.person;
    this.person = person;
    return before !== undefined && before !== null && before !== person;
  }
}
