import { parseEmail } from '../../auth/email-address.ts';
import { type PublicUser, toPublicUser } from '../../auth/projection.ts';
import type { Roles } from '../../auth/roles.ts';
import { searchForm } from '../../auth/search-form.ts';
import { User } from '../../auth/user.entity.ts';
import { type Page, type PageRange, type PageRequest, readPage } from '../../core/page.ts';
import type { EntityManager } from '../../persistence/database.ts';
import { forceIndex } from '../../persistence/force-index.ts';
import { checkedFilter, type UserFilter } from './admin.input.ts';

/** A user as a plain object, with what administrators see of it. */
export interface ManagedUser extends PublicUser, Pick<User, 'disabledAt' | 'disabledReason' | 'lastSignInAt'> {
  hasPassword: boolean;
}

/**
 * Up to this many matches of a search are collected and sorted. With more, a scan of the ids finds a page of them soon
 * (docs/decisions/0025).
 */
const FEW_MATCHES = 10_000;

/** Greater than every text with the prefix, where texts are compared byte by byte. */
const LAST_CHARACTER = '\u{10ffff}';

const EMAIL_MATCHES = 'canonical_email >= :email and canonical_email < :emailEnd';
const NAME_MATCHES = 'search_name >= :name and search_name < :nameEnd';

const COUNT_MATCHES = `select
  (select count(*) from (select 1 from users where ${EMAIL_MATCHES} limit ${FEW_MATCHES + 1}) e) +
  (select count(*) from (select 1 from users where ${NAME_MATCHES} limit ${FEW_MATCHES + 1}) n) as matches`;

/** Rows in the order of ids, or few of them, and what else a user must be. */
interface Source {
  from: string;
  /** The column with the user's id. */
  id: string;
  conditions: string[];
}

/** Lists users for administrators, newest first. */
export class UserDirectory {
  constructor(
    private readonly em: EntityManager,
    private readonly roles: Roles,
  ) {}

  /** Throws BAD_USER_INPUT. */
  page(filter: UserFilter, request: PageRequest): Promise<Page<ManagedUser>> {
    const checked = checkedFilter(filter);
    return readPage('users', request, async range => this.load(await this.findIds(checked, range)));
  }

  /** Users by their ids, newest first. */
  async load(ids: string[]): Promise<ManagedUser[]> {
    if (ids.length === 0) return [];
    const users = await this.em.find(User, { id: { $in: ids } }, { orderBy: { id: 'desc' } });
    const roles = await this.roles.ofAll(ids);
    return users.map(user => toManagedUser(user, roles.get(user.id) ?? []));
  }

  private async findIds(filter: UserFilter, { before, limit }: PageRange): Promise<string[]> {
    const search = filter.search ? searchParameters(filter.search) : null;
    const { from, id, conditions } = search && (await this.hasFewMatches(search)) ? matches(filter) : scan(filter);
    if (before !== null) conditions.push(`${id} < :before`);
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    const sql = `select ${id} as id from ${from} ${where} order by ${id} desc limit ${limit}`;
    const rows = await this.read<{ id: string }>(sql, { ...search, role: filter.role, before });
    return rows.map(row => row.id);
  }

  private async hasFewMatches(search: object): Promise<boolean> {
    const [row] = await this.read<{ matches: number }>(COUNT_MATCHES, search);
    return Number(row?.matches) <= FEW_MATCHES;
  }

  private read<Row>(sql: string, parameters: object): Promise<Row[]> {
    return this.em.getConnection().execute(sql, { ...parameters }, 'all', this.em.getTransactionContext());
  }
}

function searchParameters(search: string) {
  const email = parseEmail(search)?.canonical ?? search.replace(/[A-Z]/g, letter => letter.toLowerCase());
  const name = searchForm(search) as string;
  const lengths = { emailLength: [...email].length, nameLength: [...name].length };
  return { email, emailEnd: email + LAST_CHARACTER, name, nameEnd: name + LAST_CHARACTER, ...lengths };
}

/** All matches of the search, of which the other filters leave some. */
function matches({ role, disabled }: UserFilter): Source {
  const union = `select id from users where ${EMAIL_MATCHES} union select id from users where ${NAME_MATCHES}`;
  const rest = [...isDisabled(disabled), ...hasRole(role)];
  return { from: `(${union}) m`, id: 'm.id', conditions: isUser('m.id', rest) };
}

/** The index that leaves the fewest users: there are few disabled ones, and usually not many with a role. */
function scan({ search, role, disabled }: UserFilter): Source {
  const startsWith = search ? [STARTS_WITH] : [];
  if (disabled) {
    const conditions = [...isDisabled(disabled), ...startsWith, ...hasRole(role)];
    return { from: `users u ${forceIndex('users_disabled_id_index')}`, id: 'u.id', conditions };
  }
  if (role) {
    const rest = isUser('r.user_id', [...isDisabled(disabled), ...startsWith]);
    const from = `user_roles r ${forceIndex('user_roles_role_user_id_index')}`;
    return { from, id: 'r.user_id', conditions: ['r.role = :role', ...rest] };
  }
  return { from: `users u ${forceIndex('primary')}`, id: 'u.id', conditions: [...isDisabled(disabled), ...startsWith] };
}

const isDisabled = (disabled: boolean | null | undefined) => (disabled == null ? [] : [`u.disabled = ${disabled}`]);

// A subquery for a value is run row by row; a join or `exists` could be turned around, and all users be read and sorted.
const isUser = (id: string, conditions: string[]) =>
  conditions.length > 0 ? [`(select 1 from users u where u.id = ${id} and ${conditions.join(' and ')}) = 1`] : [];

const hasRole = (role: string | null | undefined) =>
  role ? ['(select 1 from user_roles r where r.user_id = u.id and r.role = :role) = 1'] : [];

/** Without an index, so that the rows are read in the order of ids. */
const STARTS_WITH =
  '(substr(u.canonical_email, 1, :emailLength) = :email or substr(u.search_name, 1, :nameLength) = :name)';

export function toManagedUser(user: User, roles: readonly string[]): ManagedUser {
  const { disabledAt, disabledReason, lastSignInAt, passwordHash } = user;
  return { ...toPublicUser(user, roles), disabledAt, disabledReason, lastSignInAt, hasPassword: passwordHash !== null };
}
