import type { ApolloLink } from '@apollo/client';
import { isUnauthenticated } from './auth-error.ts';
import { rootFields } from './root-fields.ts';

/**
 * Who is signed in, as far as results show it: an id, ID_UNKNOWN for a user whose id no result has shown, null for a
 * visitor, undefined while nothing is known.
 */
export type CurrentUser = string | typeof ID_UNKNOWN | null | undefined;

export const ID_UNKNOWN = Symbol('a user whose id is not known');

/** Mutations after which the browser may have another session, or none. */
const CHANGES_SESSION = ['logout', 'deleteAccount', 'resetPassword', 'revertEmailChange'];

/** Fields that only a signed-in user receives. */
const NEEDS_SESSION = ['session', 'sessions', 'accountEvents'];

type Fields = Record<string, unknown>;

/** What a result shows about the signed-in user. */
export interface Evidence {
  user: CurrentUser;
  /** The session is new or has ended, so the cache must be emptied whoever was signed in before. */
  sessionChanged: boolean;
  /** The only evidence is an UNAUTHENTICATED error, which an app may also return to a signed-in user. */
  refused?: true;
}

/**
 * Undefined when the result shows nothing about the user. It goes by the names of the root fields, so that it also
 * works for the app's own documents.
 */
export function evidenceIn({ query }: ApolloLink.Operation, result: ApolloLink.Result): Evidence | undefined {
  const fields = rootFields(query, result.data);
  const { __typename, user } = (fields.login ?? fields.register ?? {}) as { __typename?: string; user?: Fields };
  if (user) return { user: idOf(user), sessionChanged: true };
  if (__typename === 'SignedIn') return { user: ID_UNKNOWN, sessionChanged: true };
  // A reset ends the sessions of an account that need not be the signed-in one, so it is unknown who is signed in now.
  if (CHANGES_SESSION.some(field => fields[field] !== undefined)) return { user: undefined, sessionChanged: true };
  if (fields.profile) return { user: idOf(fields.profile as Fields), sessionChanged: false };
  if (NEEDS_SESSION.some(field => fields[field])) return { user: ID_UNKNOWN, sessionChanged: false };
  if (fields.profile === null || fields.session === null) return { user: null, sessionChanged: false };
  if (isUnauthenticated(result)) return { user: null, sessionChanged: false, refused: true };
  return undefined;
}

/** Whether the evidence shows another user than the known one. */
export function isOtherUser(known: CurrentUser, { user, sessionChanged }: Evidence): boolean {
  if (sessionChanged) return true;
  if (known === undefined || known === null) return known === null && user !== null;
  return user === null || (typeof known === 'string' && typeof user === 'string' && known !== user);
}

function idOf(user: Fields): CurrentUser {
  return typeof user.id === 'string' ? user.id : ID_UNKNOWN;
}
