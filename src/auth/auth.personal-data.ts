import { OWN_ID, type PersonalData } from '../persistence/personal-data.ts';
import { AccountEvent } from './account-event.entity.ts';
import { EmailChange } from './email-change.entity.ts';
import { Session } from './session.entity.ts';
import { Token } from './token.entity.ts';
import { User } from './user.entity.ts';
import { UserRole } from './user-role.entity.ts';

const account: PersonalData<User> = {
  name: 'account',
  description: 'The account, in one row.',
  entity: User,
  rowsOf: ({ id }) => ({ id }),
  fields: {
    id: 'Identifies the account.',
    email: 'The e-mail address as it was entered.',
    canonicalEmail: 'The address in the form that identifies the account.',
    name: 'Display name.',
    searchName: 'The name in the form that administrators search by.',
    locale: 'Language that mails are written in.',
    passwordHash: { withheld: 'A secret.' },
    credentialVersion: 'How often the credentials were changed, counted from 1.',
    emailVerifiedAt: 'When the address was verified.',
    createdAt: 'When the account was created.',
    lastSignInAt: 'When the user last signed in.',
    disabled: 'Whether an administrator has disabled the account.',
    disabledAt: 'Since when.',
    disabledReason: 'For what reason.',
  },
};

const roles: PersonalData<UserRole> = {
  name: 'roles',
  description: 'Roles that an administrator granted.',
  entity: UserRole,
  rowsOf: ({ id }) => ({ user: id }),
  fields: { id: 'Identifies the row.', user: OWN_ID, role: 'The role.' },
};

const sessions: PersonalData<Session> = {
  name: 'sessions',
  description: 'Sessions, also those that have expired and are not deleted yet.',
  entity: Session,
  rowsOf: ({ id }) => ({ user: id }),
  fields: {
    id: 'Identifies the session; it is not the token.',
    user: OWN_ID,
    tokenHash: { withheld: 'A secret.' },
    credentialVersion: "The account's version when the session started.",
    persistent: 'Whether the session outlives the browser.',
    createdAt: 'When the user signed in.',
    authenticatedAt: 'When the user last proved their identity.',
    lastUsedAt: 'When the session was last used, up to a minute ago.',
    expiresAt: 'When it ends at the latest.',
    ipAddress: 'The IP address of the sign-in.',
    userAgent: 'The browser or app of the sign-in.',
  },
};

const links: PersonalData<Token> = {
  name: 'links',
  description: 'Links that were mailed and can still be used.',
  entity: Token,
  rowsOf: ({ id }) => ({ user: id }),
  fields: {
    id: 'Identifies the link; it is not its token.',
    user: OWN_ID,
    purpose: 'What the link is for.',
    tokenHash: { withheld: 'A secret.' },
    credentialVersion: "The account's version when the link was mailed.",
    data: { withheld: 'Can hold the hash of a password that was entered at a registration.' },
    createdAt: 'When it was mailed.',
    expiresAt: 'When it ends.',
  },
};

const emailChanges: PersonalData<EmailChange> = {
  name: 'emailChanges',
  description: 'Changes of the address, until they can no longer be taken back.',
  entity: EmailChange,
  rowsOf: ({ id }) => ({ user: id }),
  fields: {
    id: 'Identifies the change.',
    user: OWN_ID,
    number: 'Counts the changes of the account.',
    credentialVersion: "The account's version at the request.",
    oldEmail: 'The address before.',
    oldCanonicalEmail: 'The address before, in the form that identifies the account.',
    newEmail: 'The address after.',
    createdAt: 'When the change was requested.',
    changedAt: 'When it was confirmed.',
    expiresAt: 'Until when it can be taken back.',
  },
};

const EVENT = {
  id: 'Identifies the event.',
  type: 'What happened.',
  at: 'When it happened.',
  actor: 'Who caused it: the user, an administrator, the service or a visitor.',
  ipAddress: 'The IP address of the request.',
  userAgent: 'The browser or app of the request.',
  requestId: 'Identifies the request in the log.',
  expiresAt: 'When the event is deleted.',
};

const events: PersonalData<AccountEvent> = {
  name: 'events',
  description: 'What happened to the account; the event of this export is the first one.',
  entity: AccountEvent,
  rowsOf: ({ id }) => ({ userId: id }),
  fields: { ...EVENT, userId: OWN_ID, actorId: { withheld: 'Another person: the administrator.' } },
};

const administration: PersonalData<AccountEvent> = {
  name: 'administration',
  description: 'What the user did to other accounts as an administrator.',
  entity: AccountEvent,
  rowsOf: ({ id }) => ({ actorId: id }),
  fields: { ...EVENT, userId: { withheld: 'Another person: the owner of the account.' }, actorId: OWN_ID },
};

/** The personal data in the tables of the auth feature. */
export const authPersonalData = [account, roles, sessions, links, emailChanges, events, administration];
