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

/** Up to this many matches of a search are read from its indexes right away (docs/decisions/0025). */
const FEW_MATCHES = 10_000;
/** Otherwise a page is first sought among this many rows in the order of ids. */
const WINDOW = 1000;

/** Greater than every text with the prefix, where texts are compared byte by byte. */
const LAST_CHARACTER = '\u{10ffff}';

const EMAIL_MATCHES = 'canonical_email >= :email and canonical_email < :emailEnd';
const NAME_MATCHES = 'search_name >= :name and search_name < :nameEnd';

const COUNT_MATCHES = `select
  (select count(*) from (select 1 from users where ${EMAIL_MATCHES} limit ${FEW_MATCHES + 1}) e) +
  (select count(*) from (select 1 from users where ${NAME_MATCHES} limit ${FEW_MATCHES + 1}) n) as matches`;

/** An index whose rows are in the order of ids, and the conditions on them. */
interface Source {
  from: string;
  /** The column with the user's id. */
  id: string;
  /** What the index finds. */
  conditions: string[];
  /** What the user must fulfil besides. */
  rest: string[];
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
    const find = async (sql: string) => {
      const rows = await this.read<{ id: string }>(sql, { ...search, role: filter.role, before });
      return rows.map(({ id }) => id);
    };
    if (!search) return find(scan(filter, before, limit));
    if (await this.hasFewMatches(search)) return find(matches(filter, before, limit));
    const ids = await find(scanWindow(filter, before, limit));
    return ids.length === limit ? ids : find(matches(filter, before, limit));
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

/** The newest matches from each index of the search, merged and cut to a page. */
function matches({ role, disabled }: UserFilter, before: string | null, limit: number): string {
  // Ordering by an expression keeps the database from reading all users in the order of ids instead.
  const id = 'coalesce(u.id, u.id)';
  const rest = [...isBefore(id, before), ...isDisabled(disabled), ...hasRole(role)];
  const newest = (range: string, index: string) =>
    `select id from (select u.id from users u ${forceIndex(index)} where ${[range, ...rest].join(' and ')}
      order by ${id} desc limit ${limit}) ${index}`;
  const byEmail = newest(EMAIL_MATCHES, 'users_canonical_email_unique');
  const byName = newest(NAME_MATCHES, 'users_search_name_index');
  return `select id from (${byEmail} union ${byName}) m order by id desc limit ${limit}`;
}

function scan(filter: UserFilter, before: string | null, limit: number): string {
  const { from, id, conditions, rest } = sourceOf(filter);
  return `select ${id} as id from ${from} ${where([...conditions, ...isBefore(id, before), ...isUser(id, rest)])}
    order by ${id} desc limit ${limit}`;
}

function scanWindow(filter: UserFilter, before: string | null, limit: number): string {
  const { from, id, conditions, rest } = sourceOf(filter);
  const rows = `select ${id} as id from ${from} ${where([...conditions, ...isBefore(id, before)])}
    order by ${id} desc limit ${WINDOW}`;
  return `select w.id from (${rows}) w ${where(isUser('w.id', [...rest, STARTS_WITH]))} order by w.id desc limit ${limit}`;
}

/** The index that leaves the fewest users: there are few disabled ones, and usually not many with a role. */
function sourceOf({ role, disabled }: UserFilter): Source {
  if (disabled) {
    const from = `users i ${forceIndex('users_disabled_id_index')}`;
    return { from, id: 'i.id', conditions: ['i.disabled = true'], rest: hasRole(role) };
  }
  if (role) {
    const from = `user_roles i ${forceIndex('user_roles_role_user_id_index')}`;
    return { from, id: 'i.user_id', conditions: ['i.role = :role'], rest: isDisabled(disabled) };
  }
  const conditions = disabled === false ? ['i.disabled = false'] : [];
  return { from: `users i ${forceIndex('primary')}`, id: 'i.id', conditions, rest: [] };
}

const where = (conditions: string[]) => (conditions.length > 0 ? `where ${conditions.join(' and ')}` : '');

const isBefore = (id: string, before: string | null) => (before === null ? [] : [`${id} < :before`]);

const isDisabled = (disabled: boolean | null | undefined) => (disabled == null ? [] : [`u.disabled = ${disabled}`]);

// A scalar subquery is evaluated row by row. An optimizer may reorder a join or `exists`, and read and sort all users.
const isUser = (id: string, conditions: string[]) =>
  conditions.length > 0 ? [`(select 1 from users u where u.id = ${id} and ${conditions.join(' and ')}) = 1`] : [];

const hasRole = (role: string | null | undefined) =>
  role ? ['(select 1 from user_roles r where r.user_id = u.id and r.role = :role) = 1'] : [];

const STARTS_WITH =
  '(substr(u.canonical_email, 1, :emailLength) = :email or substr(u.search_name, 1, :nameLength) = :name)';

export function toManagedUser(user: User, roles: readonly string[]): ManagedUser {
  const { disabledAt, disabledReason, lastSignInAt, passwordHash } = user;
  return { ...toPublicUser(user, roles), disabledAt, disabledReason, lastSignInAt, hasPassword: passwordHash !== null };
}
