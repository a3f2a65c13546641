import { ApolloLink, Observable } from '@apollo/client';
import type { TypeNode } from 'graphql';
import { isUnauthenticated } from './auth-error.ts';
import { forwardResults } from './forward-results.ts';
import { inOrder } from './in-order.ts';
import { rootFields } from './root-fields.ts';

/**
 * Where an app that uses `Authorization: Bearer` keeps the session token. When `get` or `set` throws or rejects, so does
 * the operation that needed it.
 */
export interface TokenStorage {
  /** The stored token; null without one. Called before every request. */
  get(): string | null | Promise<string | null>;
  /** Stores the token of a new session, in place of an older one. */
  set(token: string): void | Promise<void>;
  /** Called when the session of the stored token has ended. A failure is ignored: the token is of no use. */
  remove(): void | Promise<void>;
}

/** Sends the token of the storage, requests one when signing in, and keeps or removes it as results require. */
export class TokenLink extends ApolloLink {
  private changes = Promise.resolve();

  constructor(private readonly storage: TokenStorage) {
    super();
  }

  override request(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    if (asksForTransport(operation)) operation.variables = { ...operation.variables, transport: 'BEARER' };
    return new Observable(observer => {
      let subscription: { unsubscribe(): void } | undefined;
      const send = (token: string | null) => {
        if (observer.closed) return;
        if (token)
          operation.setContext(({ headers }) => ({ headers: { ...headers, authorization: `Bearer ${token}` } }));
        const results = inOrder(forward(operation), result => this.keep(operation, result, token));
        subscription = forwardResults(results, observer);
      };
      this.read().then(send, error => observer.error(error));
      return () => subscription?.unsubscribe();
    });
  }

  private async read(): Promise<string | null> {
    return this.storage.get();
  }

  /** Stores a new token, or removes the one that the request was sent with if its session has ended. */
  private keep(
    { query }: ApolloLink.Operation,
    result: ApolloLink.Result,
    sent: string | null,
  ): Promise<void> | undefined {
    const fields = rootFields(query, result.data);
    const signedIn = fields.login ?? fields.register ?? fields.changePassword;
    const { token } = (signedIn ?? {}) as { token?: string | null };
    if (token) return this.inTurn(() => this.storage.set(token));
    const ended =
      fields.logout !== undefined ||
      fields.deleteAccount !== undefined ||
      fields.profile === null ||
      fields.session === null ||
      isUnauthenticated(result);
    return ended && sent ? this.inTurn(() => this.remove(sent)) : undefined;
  }

  /** One change of the storage at a time: a sign-in must not store its token between the two steps of `remove`. */
  private inTurn(change: () => void | Promise<void>): Promise<void> {
    const changed = this.changes.then(change);
    this.changes = changed.catch(() => undefined);
    return changed;
  }

  /** Keeps a token that was stored since. One that cannot be removed is of no use: its session has ended. */
  private async remove(token: string): Promise<void> {
    try {
      if ((await this.read()) === token) await this.storage.remove();
    } catch {}
  }
}

/** Whether the operation lets the client choose how it receives its session. */
const asksForTransport = ({ query }: ApolloLink.Operation) =>
  query.definitions.some(
    definition =>
      definition.kind === 'OperationDefinition' &&
      definition.variableDefinitions?.some(
        ({ variable, type }) => variable.name.value === 'transport' && nameOf(type) === 'SessionTransport',
      ),
  );

const nameOf = (type: TypeNode): string => (type.kind === 'NamedType' ? type.name.value : nameOf(type.type));
