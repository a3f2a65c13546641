import type { ApolloLink } from '@apollo/client';

/**
 * Who is signed in, as far as results show it: an id, SOMEBODY when a result shows no id, null for a visitor, undefined
 * while nothing is known.
 */
export type Person = string | typeof SOMEBODY | null | undefined;

export const SOMEBODY = Symbol('a person whose id is not known');

/** Mutations after which the session that a browser has may be another one, or none. */
const CHANGES_PERSON = ['logout', 'deleteAccount', 'resetPassword', 'revertEmailChange'];

/** Fields that only a signed-in person receives. */
const OF_SOMEBODY = ['session', 'sessions', 'accountEvents'];

type Fields = Record<string, unknown>;

/** What a result says about the signed-in person: who it is, and whether that is another one for certain. */
export interface Evidence {
  person: Person;
  /** The session is new or gone, so the cache must be emptied whoever was known before. */
  changed: boolean;
}

/** Undefined when the result says nothing. It is judged by the names of its root fields, in anybody's document. */
export function evidenceIn({ data, errors }: ApolloLink.Result): Evidence | undefined {
  if (errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) return { person: null, changed: false };
  const fields = (data ?? {}) as Fields;
  const { login, register } = fields as Record<string, { user?: Fields } | null | undefined>;
  const user = (login ?? register)?.user;
  if (user) return { person: idOf(user), changed: true };
  // A reset ends the sessions of a person who need not be the signed-in one, so it is unknown who is signed in now.
  if (CHANGES_PERSON.some(field => fields[field] !== undefined)) return { person: undefined, changed: true };
  if (fields.profile !== undefined) return { person: idOf(fields.profile as Fields | null), changed: false };
  if (OF_SOMEBODY.some(field => fields[field])) return { person: SOMEBODY, changed: false };
  return undefined;
}

/** Whether the evidence is of another person than the known one. */
export function isChange(known: Person, { person, changed }: Evidence): boolean {
  if (changed) return true;
  if (known === undefined || known === null) return known === null && person !== null;
  return person === null || (typeof known === 'string' && typeof person === 'string' && known !== person);
}

function idOf(user: Fields | null): Person {
  if (!user) return null;
  return typeof user.id === 'string' ? user.id : SOMEBODY;
}
