import type { Services } from '../features.ts';
import type { Action, Input } from './action.ts';
import { UsageError } from './command.ts';
import { table } from './text.ts';
import { type ManagedUser, userJson } from './user-show.ts';

const DEFAULT_LIMIT = '50';
const MAX_LIMIT = 1000;
/** The most users that a page of the service has. */
const PAGE_SIZE = 100;

export const list: Action = {
  usage: 'user list [--search TEXT] [--role ROLE] [--disabled] [--limit N] [--after CURSOR] [--json]',
  positionals: [0, 0],
  options: {
    search: { type: 'string' },
    role: { type: 'string' },
    disabled: { type: 'boolean' },
    limit: { type: 'string', default: DEFAULT_LIMIT },
    after: { type: 'string' },
  },
  check: input => void limitOf(input),
  async run(services, input) {
    const { users, next } = await read(services, input);
    const rows = users.map(user => [
      user.id,
      user.email,
      user.roles.join(',') || '-',
      user.disabledAt ? 'disabled' : 'enabled',
      user.createdAt.toISOString().slice(0, 10),
      user.lastSignInAt?.toISOString().slice(0, 10) ?? '-',
      user.name ?? '-',
    ]);
    return {
      json: users.map(userJson),
      text: table(['ID', 'E-MAIL ADDRESS', 'ROLES', 'STATE', 'CREATED', 'SIGNED IN', 'NAME'], rows),
      ...(next && { note: `There are more users: repeat the command with --after ${next}` }),
    };
  },
};

/** As many users as requested, page by page. `next`: the cursor of the users after them. */
async function read({ admin }: Services, input: Input): Promise<{ users: ManagedUser[]; next: string | null }> {
  const { search, role, disabled, after } = input.values as Record<string, string | undefined>;
  const filter = { search, role, disabled: disabled ? true : null };
  const users: ManagedUser[] = [];
  let next: string | null | undefined = after;
  for (let rest = limitOf(input); rest > 0 && next !== null; rest -= PAGE_SIZE) {
    const page = await admin.users(filter, { first: Math.min(rest, PAGE_SIZE), after: next });
    users.push(...page.edges.map(({ node }) => node));
    next = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  }
  return { users, next: next ?? null };
}

function limitOf({ values }: Input): number {
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new UsageError(`--limit takes a number from 1 to ${MAX_LIMIT}`);
  return limit;
}
