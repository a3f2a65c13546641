import { textIssues } from '../../auth/input.ts';
import { ADMIN } from '../../auth/roles.ts';
import { type InputIssue, throwInputIssues } from '../../core/errors.ts';

/** The users of a list; null for any. */
export interface UserFilter {
  /** The beginning of the e-mail address or of the name. */
  search?: string | null;
  role?: string | null;
  disabled?: boolean | null;
}

const MAX_SEARCH_LENGTH = 254;
const MAX_REASON_LENGTH = 500;

/** The filter with its search trimmed; an empty search is none. Throws BAD_USER_INPUT. */
export function checkedFilter({ search, role, disabled }: UserFilter): UserFilter {
  throwInputIssues([
    ...textIssues(search, { field: 'search', limit: MAX_SEARCH_LENGTH }),
    ...(role == null ? [] : roleIssues(role)),
  ]);
  return { search: search?.trim().normalize('NFC') || null, role, disabled };
}

/** Why an account is disabled; null without a reason. Throws BAD_USER_INPUT. */
export function checkedReason(reason: string | null | undefined): string | null {
  throwInputIssues(textIssues(reason, { field: 'reason', limit: MAX_REASON_LENGTH }));
  return reason?.trim() || null;
}

export function rolesIssues(roles: readonly string[], known: readonly string[]): InputIssue[] {
  if (roles.every(role => role === ADMIN || known.includes(role))) return [];
  const message = `There are these roles: ${[ADMIN, ...known].join(', ')}.`;
  return [{ field: 'roles', rule: 'INVALID', message }];
}

const roleIssues = (role: string): InputIssue[] =>
  /^[A-Za-z0-9_-]{1,40}$/.test(role)
    ? []
    : [{ field: 'role', rule: 'INVALID', message: 'This is not the name of a role.' }];
