import { readFileSync } from 'node:fs';
import {
  buildSchema as buildFromText,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  printSchema,
  validateSchema,
} from 'graphql';
import { ERRORS, INPUT_RULES } from '../src/core/errors.ts';
import { buildSchema } from '../src/graphql/schema.ts';

const schema = await buildSchema();
const types = Object.values(schema.getTypeMap()).filter(
  type => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const fieldsOf = (type: GraphQLNamedType | null | undefined): GraphQLField<unknown, unknown>[] =>
  isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap(fieldsOf);

/** What clients rely on. Lines may be added; a changed line breaks clients. */
const CONTRACT: Record<string, string[]> = {
  DateTime: [],
  JSONObject: [],
  Query: [
    'profile: User',
    'session: Session',
    'sessions: [Session!]!',
    'accountEvents(first: Int! = 20, after: String): AccountEventConnection!',
    'adminUsers(search: String, role: String, disabled: Boolean, first: Int! = 50, after: String): AdminUserConnection!',
    'adminUser(id: ID!): AdminUser',
    'adminEvents(type: AccountEventType, userId: ID, first: Int! = 50, after: String): AccountEventConnection!',
  ],
  Mutation: [
    'register(email: String!, password: String!, name: String, transport: SessionTransport! = COOKIE): SignInResult!',
    'login(email: String!, password: String!, rememberMe: Boolean! = true, transport: SessionTransport! = COOKIE): SignInResult!',
    'logout: Boolean!',
    'requestPasswordReset(email: String!): Boolean!',
    'resetPassword(token: String!, newPassword: String!): Boolean!',
    'changePassword(currentPassword: String!, newPassword: String!): SignedIn!',
    'reauthenticate(password: String!): Session!',
    'requestEmailVerification: Boolean!',
    'verifyEmail(token: String!): Boolean!',
    'requestEmailChange(newEmail: String!): Boolean!',
    'confirmEmailChange(token: String!): Boolean!',
    'revertEmailChange(token: String!): Boolean!',
    'updateProfile(name: String, locale: String): User!',
    'revokeSession(id: ID!): Boolean!',
    'revokeOtherSessions: Int!',
    'exportMyData: JSONObject!',
    'deleteAccount: Boolean!',
    'adminCreateUser(email: String!, name: String, roles: [String!]! = []): AdminUser!',
    'adminDisableUser(id: ID!, reason: String): AdminUser!',
    'adminEnableUser(id: ID!): AdminUser!',
    'adminRevokeSessions(id: ID!): Int!',
    'adminSendPasswordReset(id: ID!): Boolean!',
    'adminSetRoles(id: ID!, roles: [String!]!): AdminUser!',
    'adminDeleteUser(id: ID!): Boolean!',
  ],
  SessionTransport: ['COOKIE', 'BEARER'],
  SignInResult: ['SignedIn', 'EmailConfirmationRequired'],
  SignedIn: ['user: User!', 'session: Session!', 'token: String'],
  EmailConfirmationRequired: ['email: String!'],
  User: [
    'id: ID!',
    'email: String!',
    'emailVerified: Boolean!',
    'name: String',
    'createdAt: DateTime!',
    'locale: String',
    'roles: [String!]!',
  ],
  Session: [
    'id: ID!',
    'createdAt: DateTime!',
    'lastUsedAt: DateTime!',
    'expiresAt: DateTime!',
    'ipAddress: String',
    'userAgent: String',
    'current: Boolean!',
  ],
  AccountEvent: [
    'id: ID!',
    'type: AccountEventType!',
    'at: DateTime!',
    'ipAddress: String',
    'userAgent: String',
    'actor: EventActor!',
    'userId: ID',
  ],
  EventActor: ['USER', 'ADMIN', 'SERVICE', 'VISITOR'],
  AccountEventType: [
    'REGISTERED',
    'SIGNED_IN',
    'SIGN_IN_FAILED',
    'SIGNED_OUT',
    'SESSION_REVOKED',
    'REAUTHENTICATED',
    'PASSWORD_CHANGED',
    'PASSWORD_RESET_REQUESTED',
    'PASSWORD_RESET',
    'EMAIL_VERIFIED',
    'EMAIL_CHANGE_REQUESTED',
    'EMAIL_CHANGED',
    'EMAIL_CHANGE_REVERTED',
    'PROFILE_UPDATED',
    'DATA_EXPORTED',
    'DELETED',
    'DISABLED',
    'ENABLED',
    'ROLES_CHANGED',
  ],
  AccountEventConnection: ['edges: [AccountEventEdge!]!', 'pageInfo: PageInfo!'],
  AccountEventEdge: ['cursor: String!', 'node: AccountEvent!'],
  PageInfo: ['hasNextPage: Boolean!', 'endCursor: String'],
  AdminUser: [
    'id: ID!',
    'email: String!',
    'emailVerified: Boolean!',
    'name: String',
    'locale: String',
    'roles: [String!]!',
    'createdAt: DateTime!',
    'disabledAt: DateTime',
    'disabledReason: String',
    'lastSignInAt: DateTime',
    'hasPassword: Boolean!',
    'sessions: [Session!]!',
    'events(first: Int! = 20, after: String): AccountEventConnection!',
  ],
  AdminUserConnection: ['edges: [AdminUserEdge!]!', 'pageInfo: PageInfo!'],
  AdminUserEdge: ['cursor: String!', 'node: AdminUser!'],
  ErrorCode: [
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'BAD_USER_INPUT',
    'EMAIL_TAKEN',
    'INVALID_CREDENTIALS',
    'TOKEN_INVALID',
    'RATE_LIMITED',
    'RECENT_AUTH_REQUIRED',
    'NOT_FOUND',
    'LAST_ADMIN',
    'BUSY',
    'UNAVAILABLE',
    'INTERNAL_SERVER_ERROR',
  ],
  InputRule: ['INVALID', 'TOO_SHORT', 'TOO_LONG', 'TOO_COMMON', 'TOO_PERSONAL'],
};

describe('the schema', () => {
  it('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('equals schema/schema.graphql', () => {
    expect(readFileSync('schema/schema.graphql', 'utf8')).toBe(
      `# Written by npm run build.\n\n${printSchema(schema)}\n`,
    );
  });

  it('OP-6: has the documented types and fields and no others, so no field for tests', () => {
    const sorted = (entries: [string, string[]][]) =>
      Object.fromEntries(entries.map(([name, members]) => [name, members.toSorted()]));

    expect(sorted(types.map(type => [type.name, membersOf(type)]))).toEqual(sorted(Object.entries(CONTRACT)));
  });

  it('describes every type, field, argument and value', () => {
    const undescribed = types.flatMap(type => [
      ...(isRoot(type) || type.description ? [] : [type.name]),
      ...fieldsOf(type).flatMap(field => [
        ...(field.description ? [] : [`${type.name}.${field.name}`]),
        ...field.args
          .filter(({ description }) => !description)
          .map(({ name }) => `${type.name}.${field.name}(${name})`),
      ]),
      ...(isEnumType(type) ? type.getValues() : [])
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${name}`),
    ]);

    expect(undescribed).toEqual([]);
  });

  it('AZ-4: has no hash and no secret; the only token is SignedIn.token, and of a password only its existence is shown', () => {
    const secrets = types.flatMap(type =>
      fieldsOf(type)
        .filter(({ name }) => !isRoot(type) && /hash|secret|token|password|salt|pepper|version/i.test(name))
        .map(({ name }) => `${type.name}.${name}`),
    );

    expect(secrets.toSorted()).toEqual(['AdminUser.hasPassword', 'SignedIn.token']);
  });

  it('GQ-8: has no list without pagination', () => {
    const unpaginated = buildFromText(`
      type Query { all: [Row!]! some(first: Int!, after: String): [Row!]! half(first: Int!): [Row!] }
      type Row { words: [String!]! more: [Row] pages(first: Int!, after: String): RowConnection allPages: RowConnection }
      type RowConnection { edges: [RowEdge!]! }
      type RowEdge { node: Row! }`);

    expect(listsWithoutPages(unpaginated)).toEqual([
      'Query.all',
      'Query.half',
      'Row.words',
      'Row.more',
      'Row.allPages',
    ]);
    // A user has at most fifty sessions, and roles that the operator has listed.
    expect(listsWithoutPages(schema).toSorted()).toEqual([
      'AdminUser.roles',
      'AdminUser.sessions',
      'Query.sessions',
      'User.roles',
    ]);
  });

  it('takes no input objects, so that only checked strings reach a query', () => {
    expect(types.filter(isInputObjectType)).toEqual([]);
    const argumentTypes = new Set(rootFields.flatMap(({ args }) => args.map(({ type }) => getNamedType(type).name)));

    expect([...argumentTypes].sort()).toEqual([
      'AccountEventType',
      'Boolean',
      'ID',
      'Int',
      'SessionTransport',
      'String',
    ]);
  });
});

describe('the errors in the schema', () => {
  it('are those of the closed list', () => {
    expect(membersOf(schema.getType('ErrorCode'))).toEqual(Object.keys(ERRORS));
    expect(membersOf(schema.getType('InputRule'))).toEqual(Object.keys(INPUT_RULES));
  });

  it.each(rootFields.map(field => [field.name, field.description ?? '']))(
    '%s names only codes of the closed list',
    (_, description) => {
      const mentioned = description.match(/\b[A-Z]+(_[A-Z]+)+\b|\b(BUSY|FORBIDDEN|UNAUTHENTICATED)\b/g) ?? [];
      const [, list = ''] = /Errors: (.+)\.$/.exec(description) ?? [];
      const listed = list
        .replace(/ \([^)]*\)/g, '')
        .split(', ')
        .filter(Boolean);

      for (const code of listed) expect(Object.keys(ERRORS)).toContain(code);
      expect(listed.toSorted()).toEqual(mentioned.toSorted());
      expect(new Set(listed).size).toBe(listed.length);
    },
  );

  it.each(['register', 'login', 'requestPasswordReset', 'resetPassword'])('%s documents its errors', name => {
    expect(rootFields.find(field => field.name === name)?.description).toMatch(/ Errors: [A-Z_]+/);
  });
});

/** Fields that return a list of unbounded length. */
function listsWithoutPages(of: GraphQLSchema): string[] {
  return (
    Object.values(of.getTypeMap())
      .filter(type => !isIntrospectionType(type))
      .flatMap(type => fieldsOf(type).map(field => ({ type, field })))
      // The edges of a connection are one page: the field that returns the connection takes the arguments.
      .filter(({ type, field }) => isConnection(field.type) || (isList(field.type) && !isConnection(type)))
      .filter(({ field }) => !['first', 'after'].every(name => field.args.some(argument => argument.name === name)))
      .map(({ type, field }) => `${type.name}.${field.name}`)
  );
}

const isConnection = (type: GraphQLType) => getNamedType(type).name.endsWith('Connection');
const isList = (type: GraphQLType) => isListType(getNullableType(type));

function isRoot(type: GraphQLNamedType): boolean {
  return type === schema.getQueryType() || type === schema.getMutationType();
}

function membersOf(type: GraphQLNamedType | undefined): string[] {
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (isUnionType(type)) return type.getTypes().map(({ name }) => name);
  return fieldsOf(type).map(
    ({ name, args, type: response }) =>
      `${name}${args.length > 0 ? `(${args.map(signature).join(', ')})` : ''}: ${response}`,
  );
}

function signature({ name, type, defaultValue }: GraphQLArgument): string {
  const value = Array.isArray(defaultValue) ? JSON.stringify(defaultValue) : defaultValue;
  return `${name}: ${type}${defaultValue === undefined ? '' : ` = ${value}`}`;
}
