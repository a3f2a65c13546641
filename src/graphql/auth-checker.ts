import { requireRole, requireSession } from '../auth/require-session.ts';
import type { Context } from './context.ts';

/**
 * The rule behind `@Authorized()` (a signed-in user) and `@Authorized('ADMIN', …)` (one of these roles), for the
 * `authChecker` of type-graphql's buildSchema, here and in host programs. Throws UNAUTHENTICATED and FORBIDDEN itself,
 * because type-graphql's own errors have other texts.
 * An arrow function: type-graphql takes a function with a prototype for a class.
 */
export const authChecker = (
  { context: { session } }: { context: Pick<Context, 'session'> },
  roles: string[],
): boolean => {
  if (roles.length > 0) requireRole(session, ...roles);
  else requireSession(session);
  return true;
};
