import type { Session } from './session.entity.ts';
import type { User } from './user.entity.ts';

/** The columns of a user that leave the service: GraphQL, REST and host programs get these and no others. */
export const PUBLIC_USER_FIELDS = [
  'id',
  'email',
  'name',
  'locale',
  'emailVerifiedAt',
  'createdAt',
] as const satisfies readonly (keyof User)[];

/** The columns of a session that leave the service. The token's hash is not among them. */
export const PUBLIC_SESSION_FIELDS = [
  'id',
  'createdAt',
  'lastUsedAt',
  'expiresAt',
  'authenticatedAt',
  'persistent',
  'ipAddress',
  'userAgent',
] as const satisfies readonly (keyof Session)[];

/** A user as a plain object, without credentials. */
export interface PublicUser extends Pick<User, (typeof PUBLIC_USER_FIELDS)[number]> {
  /** In alphabetical order. */
  roles: readonly string[];
}

/** A session as a plain object. */
export type PublicSession = Pick<Session, (typeof PUBLIC_SESSION_FIELDS)[number]>;

/** An active session with its user, as read for one request. */
export interface ActiveSession extends PublicSession {
  user: PublicUser;
}

export const toPublicUser = (user: User, roles: readonly string[]): PublicUser => ({
  ...pick(user, PUBLIC_USER_FIELDS),
  roles,
});

export const toPublicSession = (session: Session): PublicSession => pick(session, PUBLIC_SESSION_FIELDS);

function pick<T, Name extends keyof T>(entity: T, names: readonly Name[]): Pick<T, Name> {
  return Object.fromEntries(names.map(name => [name, entity[name]])) as Pick<T, Name>;
}
