// Written by npm run build.

export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A point in time, ISO 8601 in UTC. */
  DateTime: { input: string; output: string; }
  /** The `JSONObject` scalar type represents JSON objects as specified by [ECMA-404](http://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf). */
  JSONObject: { input: Record<string, unknown>; output: Record<string, unknown>; }
};

export type Query = {
  __typename?: 'Query';
  /** The signed-in user, or null for a visitor. A stale cookie counts as a visitor and is cleared. */
  profile: Maybe<User>;
  /** The session of this request, or null for a visitor. */
  session: Maybe<Session>;
  /** What happened to the signed-in user's account, newest first. Errors: UNAUTHENTICATED, BAD_USER_INPUT. */
  accountEvents: AccountEventConnection;
  /** Users, newest first; all filters apply. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT. */
  adminUsers: AdminUserConnection;
  /** One user; null for an unknown id. Errors: UNAUTHENTICATED, FORBIDDEN. */
  adminUser: Maybe<AdminUser>;
  /** Events of all accounts, newest first. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT. */
  adminEvents: AccountEventConnection;
  /** The signed-in user's active sessions, most recently used first. Errors: UNAUTHENTICATED. */
  sessions: Array<Session>;
};


export type QueryAccountEventsArgs = {
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


export type QueryAdminUsersArgs = {
  search?: InputMaybe<Scalars['String']['input']>;
  role?: InputMaybe<Scalars['String']['input']>;
  disabled?: InputMaybe<Scalars['Boolean']['input']>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


export type QueryAdminUserArgs = {
  id: Scalars['ID']['input'];
};


export type QueryAdminEventsArgs = {
  type?: InputMaybe<AccountEventType>;
  userId?: InputMaybe<Scalars['ID']['input']>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A person with an account. */
export type User = {
  __typename?: 'User';
  /** Identifies the account. It never changes. */
  id: Scalars['ID']['output'];
  /** The e-mail address. */
  email: Scalars['String']['output'];
  /** BCP 47 tag of the language that mails are written in. */
  locale: Maybe<Scalars['String']['output']>;
  /** Empty unless an administrator granted some. */
  roles: Array<Scalars['String']['output']>;
  /** Whether the owner has proved that they receive mail at the address. */
  emailVerified: Scalars['Boolean']['output'];
  /** Display name. */
  name: Maybe<Scalars['String']['output']>;
  /** When the account was created. */
  createdAt: Scalars['DateTime']['output'];
};

/** An active session. */
export type Session = {
  __typename?: 'Session';
  /** Identifies the session; it is not the token and grants nothing. */
  id: Scalars['ID']['output'];
  /** When the user signed in. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was last used, up to a minute ago. */
  lastUsedAt: Scalars['DateTime']['output'];
  /** When it ends at the latest. It ends sooner if it is not used. */
  expiresAt: Scalars['DateTime']['output'];
  /** The IP address of the sign-in. */
  ipAddress: Maybe<Scalars['String']['output']>;
  /** The User-Agent header of the sign-in. */
  userAgent: Maybe<Scalars['String']['output']>;
  /** True for the session of this request. */
  current: Scalars['Boolean']['output'];
};

/** A page of account events, newest first. */
export type AccountEventConnection = {
  __typename?: 'AccountEventConnection';
  /** The entries. */
  edges: Array<AccountEventEdge>;
  /** Where the page ends. */
  pageInfo: PageInfo;
};

/** One entry of a page of account events. */
export type AccountEventEdge = {
  __typename?: 'AccountEventEdge';
  /** The position in the list, for the argument `after`. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: AccountEvent;
};

/** Something that happened to an account. */
export type AccountEvent = {
  __typename?: 'AccountEvent';
  /** Identifies the event. */
  id: Scalars['ID']['output'];
  /** What happened. */
  type: AccountEventType;
  /** When it happened. */
  at: Scalars['DateTime']['output'];
  /** The IP address that it came from. Null for a program. */
  ipAddress: Maybe<Scalars['String']['output']>;
  /** The User-Agent header of the request. */
  userAgent: Maybe<Scalars['String']['output']>;
  /** Who caused it. */
  actor: EventActor;
  /** The account that it happened to. Null once that is deleted, or if there never was one. */
  userId: Maybe<Scalars['ID']['output']>;
};

/** What can happen to an account. */
export type AccountEventType =
  /** The account was created. */
  | 'REGISTERED'
  /** A session was started. */
  | 'SIGNED_IN'
  /** A sign-in was refused. */
  | 'SIGN_IN_FAILED'
  /** A session was ended by its owner, in the browser that it belonged to. */
  | 'SIGNED_OUT'
  /** A session was ended from elsewhere. */
  | 'SESSION_REVOKED'
  /** The password was confirmed again. */
  | 'REAUTHENTICATED'
  /** The password was changed by its owner. */
  | 'PASSWORD_CHANGED'
  /** A link that sets a new password was requested. */
  | 'PASSWORD_RESET_REQUESTED'
  /** A new password was set with a link. */
  | 'PASSWORD_RESET'
  /** The e-mail address was verified. */
  | 'EMAIL_VERIFIED'
  /** A change of the e-mail address was requested. */
  | 'EMAIL_CHANGE_REQUESTED'
  /** The e-mail address was changed. */
  | 'EMAIL_CHANGED'
  /** A change of the e-mail address was cancelled or taken back. */
  | 'EMAIL_CHANGE_REVERTED'
  /** Name or language was changed. */
  | 'PROFILE_UPDATED'
  /** The data of the account was exported. */
  | 'DATA_EXPORTED'
  /** The account was deleted. */
  | 'DELETED'
  /** The account was disabled. */
  | 'DISABLED'
  /** The account was enabled again. */
  | 'ENABLED'
  /** The roles of the account were changed. */
  | 'ROLES_CHANGED';

/** Who caused an event. */
export type EventActor =
  /** The owner of the account. */
  | 'USER'
  /** An administrator. */
  | 'ADMIN'
  /** A program of the operator. */
  | 'SERVICE'
  /** A visitor who was not signed in. */
  | 'VISITOR';

/** Where a page of a list ends. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Whether another page follows. */
  hasNextPage: Scalars['Boolean']['output'];
  /** The cursor of the last entry, for the argument `after` of the next page. Null for an empty page. */
  endCursor: Maybe<Scalars['String']['output']>;
};

/** A page of users, newest first. */
export type AdminUserConnection = {
  __typename?: 'AdminUserConnection';
  /** The entries. */
  edges: Array<AdminUserEdge>;
  /** Where the page ends. */
  pageInfo: PageInfo;
};

/** One entry of a page of users. */
export type AdminUserEdge = {
  __typename?: 'AdminUserEdge';
  /** The position in the list, for the argument `after`. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: AdminUser;
};

/** A user as administrators see them. */
export type AdminUser = {
  __typename?: 'AdminUser';
  /** Identifies the account. It never changes. */
  id: Scalars['ID']['output'];
  /** The e-mail address. */
  email: Scalars['String']['output'];
  /** Whether the owner has proved that they receive mail at the address. */
  emailVerified: Scalars['Boolean']['output'];
  /** Display name. */
  name: Maybe<Scalars['String']['output']>;
  /** BCP 47 tag of the language that mails are written in. */
  locale: Maybe<Scalars['String']['output']>;
  /** In alphabetical order. */
  roles: Array<Scalars['String']['output']>;
  /** When the account was created. */
  createdAt: Scalars['DateTime']['output'];
  /** When the account was disabled; null if it is not. */
  disabledAt: Maybe<Scalars['DateTime']['output']>;
  /** Why the account is disabled. The owner does not see it. */
  disabledReason: Maybe<Scalars['String']['output']>;
  /** When the user last signed in. */
  lastSignInAt: Maybe<Scalars['DateTime']['output']>;
  /** Whether the user can sign in with a password. */
  hasPassword: Scalars['Boolean']['output'];
  /** The active sessions, most recently used first. */
  sessions: Array<Session>;
  /** What happened to the account, newest first. */
  events: AccountEventConnection;
};


/** A user as administrators see them. */
export type AdminUserEventsArgs = {
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Creates an account and signs in. Where the operator requires verified addresses, returns EmailConfirmationRequired instead, for new and already registered addresses alike. Errors: BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY. */
  register: SignInResult;
  /** Signs in with e-mail address and password. Where verified addresses are required and this one is not, the right password returns EmailConfirmationRequired and mails a fresh link. Errors: INVALID_CREDENTIALS, RATE_LIMITED, BUSY. */
  login: SignInResult;
  /** Ends the session of this request. True if there was one; calling it twice is not an error. */
  logout: Scalars['Boolean']['output'];
  /** Mails a link that sets a new password. Always true: it does not reveal whether the address has an account. Errors: BAD_USER_INPUT. */
  requestPasswordReset: Scalars['Boolean']['output'];
  /** Sets a new password with the token from the mail, and ends every session of the user. It does not sign in. Errors: TOKEN_INVALID, BAD_USER_INPUT (the token stays usable), RATE_LIMITED, BUSY. */
  resetPassword: Scalars['Boolean']['output'];
  /** Deletes the signed-in user with everything that is theirs, and signs out. The address is free at once. False if another request has just done so. Errors: UNAUTHENTICATED, RECENT_AUTH_REQUIRED, LAST_ADMIN. */
  deleteAccount: Scalars['Boolean']['output'];
  /** Everything stored about the signed-in user, without secrets: a list of rows for each table, times in ISO 8601. docs/accounts.md describes each field. Errors: UNAUTHENTICATED, RECENT_AUTH_REQUIRED. */
  exportMyData: Scalars['JSONObject']['output'];
  /** Mails a link to the new address and a notice to the old one. The address changes when the link is used. Always true: it does not reveal whether the new address has an account. Errors: UNAUTHENTICATED, RECENT_AUTH_REQUIRED, BAD_USER_INPUT. */
  requestEmailChange: Scalars['Boolean']['output'];
  /** Changes the address with the token from the mail to the new one; needs no session. Errors: TOKEN_INVALID, EMAIL_TAKEN. */
  confirmEmailChange: Scalars['Boolean']['output'];
  /** With the token from a notice to the old address: cancels a pending change, or takes a finished one back within 72 hours. Ends all sessions and removes the password; a mail to the old address brings a link to set a new one. Needs no session. Errors: TOKEN_INVALID. */
  revertEmailChange: Scalars['Boolean']['output'];
  /** Mails a fresh verification link to the signed-in user; true also when the address is verified already. Errors: UNAUTHENTICATED. */
  requestEmailVerification: Scalars['Boolean']['output'];
  /** Verifies the address with the token from the mail; needs no session. Errors: TOKEN_INVALID. */
  verifyEmail: Scalars['Boolean']['output'];
  /** Changes the password, ends all other sessions and renews this one: in the cookie, or with a new `token` when the request carried a token. An account without a password sets one with `requestPasswordReset`. Errors: UNAUTHENTICATED, INVALID_CREDENTIALS, BAD_USER_INPUT, RATE_LIMITED, BUSY. */
  changePassword: SignedIn;
  /** Confirms the password again, for operations that ask for a recent confirmation. Errors: UNAUTHENTICATED, INVALID_CREDENTIALS, RATE_LIMITED, BUSY. */
  reauthenticate: Session;
  /** Changes the signed-in user's name and language. Null leaves a value as it is; an empty name removes it. Errors: UNAUTHENTICATED, BAD_USER_INPUT. */
  updateProfile: User;
  /** Creates an account without a password, and mails its owner a link to set one. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, EMAIL_TAKEN. */
  adminCreateUser: AdminUser;
  /** Refuses sign-ins, and ends all sessions and links of the user at once. No effect on a disabled user. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, NOT_FOUND, LAST_ADMIN. */
  adminDisableUser: AdminUser;
  /** Permits sign-ins of a disabled user again. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
  adminEnableUser: AdminUser;
  /** Ends all sessions of the user, and returns how many. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
  adminRevokeSessions: Scalars['Int']['output'];
  /** Mails the user a link to set a new password. False for a disabled user, who gets none. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
  adminSendPasswordReset: Scalars['Boolean']['output'];
  /** Replaces the user's roles, effective on the next request. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, LAST_ADMIN, BAD_USER_INPUT. */
  adminSetRoles: AdminUser;
  /** Deletes the user and everything that is theirs. Always true. Errors: UNAUTHENTICATED, FORBIDDEN, RECENT_AUTH_REQUIRED, NOT_FOUND, LAST_ADMIN. */
  adminDeleteUser: Scalars['Boolean']['output'];
  /** Ends one of the signed-in user's sessions. False if the user has no session with this id. Errors: UNAUTHENTICATED. */
  revokeSession: Scalars['Boolean']['output'];
  /** Ends all sessions of the signed-in user but this one, and returns how many. Errors: UNAUTHENTICATED. */
  revokeOtherSessions: Scalars['Int']['output'];
};


export type MutationRegisterArgs = {
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
  transport?: SessionTransport;
};


export type MutationLoginArgs = {
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
  rememberMe?: Scalars['Boolean']['input'];
  transport?: SessionTransport;
};


export type MutationRequestPasswordResetArgs = {
  email: Scalars['String']['input'];
};


export type MutationResetPasswordArgs = {
  token: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
};


export type MutationRequestEmailChangeArgs = {
  newEmail: Scalars['String']['input'];
};


export type MutationConfirmEmailChangeArgs = {
  token: Scalars['String']['input'];
};


export type MutationRevertEmailChangeArgs = {
  token: Scalars['String']['input'];
};


export type MutationVerifyEmailArgs = {
  token: Scalars['String']['input'];
};


export type MutationChangePasswordArgs = {
  currentPassword: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
};


export type MutationReauthenticateArgs = {
  password: Scalars['String']['input'];
};


export type MutationUpdateProfileArgs = {
  name?: InputMaybe<Scalars['String']['input']>;
  locale?: InputMaybe<Scalars['String']['input']>;
};


export type MutationAdminCreateUserArgs = {
  email: Scalars['String']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
  roles?: Array<Scalars['String']['input']>;
};


export type MutationAdminDisableUserArgs = {
  id: Scalars['ID']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
};


export type MutationAdminEnableUserArgs = {
  id: Scalars['ID']['input'];
};


export type MutationAdminRevokeSessionsArgs = {
  id: Scalars['ID']['input'];
};


export type MutationAdminSendPasswordResetArgs = {
  id: Scalars['ID']['input'];
};


export type MutationAdminSetRolesArgs = {
  id: Scalars['ID']['input'];
  roles: Array<Scalars['String']['input']>;
};


export type MutationAdminDeleteUserArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRevokeSessionArgs = {
  id: Scalars['ID']['input'];
};

/** The outcome of an attempt to sign in. Future ways to sign in can add members. */
export type SignInResult = SignedIn | EmailConfirmationRequired;

/** The user is signed in. */
export type SignedIn = {
  __typename?: 'SignedIn';
  /** The signed-in user. */
  user: User;
  /** The session that was started. */
  session: Session;
  /** The session token; only when BEARER was requested. */
  token: Maybe<Scalars['String']['output']>;
};

/** The user is not signed in yet: the address has to be verified first, with the link in a mail. */
export type EmailConfirmationRequired = {
  __typename?: 'EmailConfirmationRequired';
  /** The address that the mail was sent to, as it was entered. */
  email: Scalars['String']['output'];
};

/** How the client carries its session. */
export type SessionTransport =
  /** In an HttpOnly cookie, for browsers. */
  | 'COOKIE'
  /** In the response's token, to be sent as `Authorization: Bearer`, for native apps and servers. No cookie is set. */
  | 'BEARER';

/** Every code that `errors[].extensions.code` can carry, beside those of the GraphQL layer itself (GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, BAD_REQUEST, ...). */
export type ErrorCode =
  /** The operation needs a signed-in user. */
  | 'UNAUTHENTICATED'
  /** The signed-in user may not do this, or the request came from an origin that is not allowed. */
  | 'FORBIDDEN'
  /** An argument was rejected; `extensions.fields` lists { field, rule, message }. */
  | 'BAD_USER_INPUT'
  /** An account with this address exists. */
  | 'EMAIL_TAKEN'
  /** Unknown address or wrong password; which of the two is not revealed. */
  | 'INVALID_CREDENTIALS'
  /** Unknown, used, expired or issued for another purpose; which of these is not revealed. */
  | 'TOKEN_INVALID'
  /** Too many attempts; `extensions.retryAfter` in seconds. */
  | 'RATE_LIMITED'
  /** The operation needs a confirmation of the password within the last five minutes: call `reauthenticate`. */
  | 'RECENT_AUTH_REQUIRED'
  /** There is no user with this id. */
  | 'NOT_FOUND'
  /** The last administrator cannot be disabled, deleted or lose the role. */
  | 'LAST_ADMIN'
  /** More work than the server takes on at once; `extensions.retryAfter` in seconds. */
  | 'BUSY'
  /** Something the service depends on (its database) does not respond. */
  | 'UNAVAILABLE'
  /** Anything unforeseen; the response carries a requestId and nothing else. */
  | 'INTERNAL_SERVER_ERROR';

/** Why an argument was rejected, in `extensions.fields[].rule`. */
export type InputRule =
  /** Not in the required form. */
  | 'INVALID'
  /** Shorter than the operator allows. */
  | 'TOO_SHORT'
  /** Longer than the service accepts. */
  | 'TOO_LONG'
  /** On the list of common passwords. */
  | 'TOO_COMMON'
  /** Contains the account's own address or the name of the service. */
  | 'TOO_PERSONAL';

