import { AuthError } from '../core/errors.ts';
import { isUuid } from '../core/uuid.ts';
import type { Services } from '../features.ts';
import type { Action, Input } from './action.ts';
import { lines, table } from './text.ts';

export type ManagedUser = NonNullable<Awaited<ReturnType<Services['admin']['user']>>>;
type Session = Awaited<ReturnType<Services['admin']['sessionsOf']>>[number];
type Event = Awaited<ReturnType<Services['admin']['events']>>['edges'][number]['node'];

/** Events of a user that are shown. */
const EVENTS = 20;

export const show: Action = {
  usage: 'user show [--json] USER',
  positionals: [1, 1],
  async run(services, input) {
    const user = await findUser(services, input);
    const sessions = await services.admin.sessionsOf(user.id);
    const { edges } = await services.admin.events({ userId: user.id }, { first: EVENTS });
    const events = edges.map(({ node }) => node);
    return {
      json: { ...userJson(user), sessions: sessions.map(sessionJson), events: events.map(eventJson) },
      text: [details(user), sessionTable(sessions), eventTable(events)].filter(Boolean).join('\n\n'),
    };
  },
};

/** The user whose id or e-mail address is the first argument. Throws NOT_FOUND. */
export async function findUser({ admin }: Services, { positionals: [word = ''] }: Input): Promise<ManagedUser> {
  const id = word.toLowerCase();
  const user = await (isUuid(id) ? admin.user(id) : admin.userByEmail(word));
  if (!user) throw new AuthError('NOT_FOUND');
  return user;
}

/** With the names of the fields of `AdminUser` in the schema. */
export const userJson = ({ emailVerifiedAt, ...user }: ManagedUser) => ({
  ...user,
  emailVerified: emailVerifiedAt !== null,
});

const sessionJson = ({ id, createdAt, lastUsedAt, expiresAt, ipAddress, userAgent }: Session) => ({
  id,
  createdAt,
  lastUsedAt,
  expiresAt,
  ipAddress,
  userAgent,
});

const eventJson = ({ id, type, at, actor, ipAddress, userAgent }: Event) => ({
  id,
  type,
  at,
  actor,
  ipAddress,
  userAgent,
});

const details = (user: ManagedUser) =>
  lines({
    id: user.id,
    'e-mail address': `${user.email} (${user.emailVerifiedAt ? 'verified' : 'not verified'})`,
    name: user.name ?? '-',
    language: user.locale ?? '-',
    roles: user.roles.join(',') || '-',
    state: state(user),
    password: user.hasPassword ? 'set' : 'none',
    created: user.createdAt.toISOString(),
    'last sign-in': user.lastSignInAt?.toISOString() ?? '-',
  });

function state({ disabledAt, disabledReason }: ManagedUser): string {
  if (!disabledAt) return 'enabled';
  return `disabled since ${disabledAt.toISOString()}${disabledReason ? `: ${disabledReason}` : ''}`;
}

function sessionTable(sessions: readonly Session[]): string {
  const rows = sessions.map(({ createdAt, lastUsedAt, ipAddress, userAgent }) => [
    createdAt.toISOString(),
    lastUsedAt.toISOString(),
    ipAddress ?? '-',
    userAgent ?? '-',
  ]);
  return rows.length > 0 ? table(['SESSION SINCE', 'LAST USED', 'ADDRESS', 'PROGRAM'], rows) : '';
}

function eventTable(events: readonly Event[]): string {
  const rows = events.map(({ at, type, actor, ipAddress }) => [at.toISOString(), type, actor, ipAddress ?? '-']);
  return rows.length > 0 ? table(['TIME', 'EVENT', 'BY', 'ADDRESS'], rows) : '';
}
