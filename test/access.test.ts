import { getNamedType, isObjectType } from 'graphql';
import { buildSchema } from '../src/graphql/schema.ts';
import { ada, bob, type Person, PROFILE, SESSION, startApp, type TestApp } from './support/app.ts';
import {
  EVERY_OPERATION,
  EVERY_ROUTE,
  type Operation,
  rightText,
  sendRoute,
  valuesOf,
} from './support/every-operation.ts';
import { post } from './support/raw.ts';

/** The public fields and their expected results. Every other field must reject visitors. */
const PUBLIC: Record<string, unknown> = {
  profile: null,
  session: null,
  logout: false,
  register: { __typename: 'SignedIn' },
  login: { __typename: 'SignedIn' },
  requestPasswordReset: true,
  resetPassword: 'TOKEN_INVALID',
  confirmEmailChange: 'TOKEN_INVALID',
  revertEmailChange: 'TOKEN_INVALID',
};
const PUBLIC_ROUTES: Record<string, number> = {
  'POST /users': 200,
  'POST /sessions': 200,
  'POST /reset_password': 200,
  'PUT /reset_password': 403,
};

const cy: Person = { email: 'cy@example.org', password: 'seven purple lanterns' };
const asCy = (name: string) => (({ ...cy })[name] ?? rightText(name)) as string;

describe('a visitor', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterEach(() => app.close());

  it.each(EVERY_OPERATION.map(operation => [operation.field, operation] as const))(
    'AZ-1: is rejected by %s unless it is public',
    async (field, operation) => {
      const text = field === 'register' ? asCy : rightText;
      const { json } = await post(app.url, operation.query, { variables: valuesOf(operation, text) });

      expect(json.data?.[field] ?? json.errors?.[0].extensions.code ?? null).toEqual(
        field in PUBLIC ? PUBLIC[field] : 'UNAUTHENTICATED',
      );
    },
  );

  it.each(EVERY_ROUTE.map(route => [`${route.method} ${route.path}`, route] as const))(
    'AZ-1: is rejected by %s unless it is public',
    async (name, route) => {
      const { status } = await sendRoute(app.url, route, { text: route.path === '/users' ? asCy : rightText });

      expect(status).toBe(PUBLIC_ROUTES[name] ?? 403);
    },
  );
});

/** Headers in which proxies and other services pass on a user's identity. */
const identityHeaders = (id: string, { email }: Person) => ({
  'x-user-id': id,
  'x-user': email,
  'x-forwarded-user': email,
  'x-forwarded-email': email,
  'x-auth-request-user': email,
  'x-remote-user': email,
  'remote-user': email,
  'x-session-id': id,
  from: email,
});

describe('a client that claims to be another user', () => {
  let app: TestApp;
  let victim: { user: string; session: string };
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    const browser = await app.register(ada);
    const [profile, session] = [await browser.send(PROFILE), await browser.send(SESSION)];
    victim = { user: profile.data.profile.id, session: session.data.session.id };
  });
  afterAll(() => app.close());

  it('AZ-2: is identified by its session only, whatever the headers claim', async () => {
    const { cookies } = await app.register(bob);
    const headers = identityHeaders(victim.user, ada);

    const signedIn = await app.browser({ cookies, headers }).send(PROFILE);
    const visitor = await app.browser({ headers }).send(PROFILE);

    expect([signedIn.data.profile.email, visitor.data.profile]).toEqual([bob.email, null]);
  });

  it('AZ-2: ends no session except the one it presents', async () => {
    const headers = identityHeaders(victim.session, ada);
    const variables = { sessionId: victim.session, userId: victim.user };
    const before = await app.rows('select * from sessions where user_id = ?', victim.user);

    const { json } = await post(app.url, 'mutation { logout }', { headers, variables });

    expect(json.data.logout).toBe(false);
    expect(await app.rows('select * from sessions where user_id = ?', victim.user)).toEqual(before);
  });

  it.each(EVERY_OPERATION.map(operation => [operation.field, operation] as const))(
    'AZ-2: cannot pass a user or session id to %s',
    async (field, operation) => {
      const own = operation.args.map(({ name }) => name);
      for (const name of ['id', 'userId', 'sessionId', 'user', 'as'].filter(name => !own.includes(name))) {
        const { status, json } = await post(app.url, withArgument(operation, name), {
          variables: { ...valuesOf(operation, rightText), [name]: victim.user },
        });

        expect([field, name, status]).toEqual([field, name, 400]);
        expect(json.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      }
    },
  );
});

/** The operation with one more argument. */
function withArgument({ field, query, args }: Operation, name: string): string {
  if (args.length > 0)
    return query.replace('(', `($${name}: ID, `).replace(`${field}(`, `${field}(${name}: $${name}, `);
  return query.replace('Op', `Op($${name}: ID)`).replace(`{ ${field}`, `{ ${field}(${name}: $${name})`);
}

describe('an object that belongs to a user', () => {
  it('AZ-2: can be named only in the arguments of these fields, which reject objects of other users', async () => {
    const names = Object.values((await buildSchema()).getTypeMap())
      .filter(isObjectType)
      .flatMap(type => Object.values(type.getFields()))
      .flatMap(({ name: field, args }) =>
        args.map(({ name, type }) => ({ field, name, type: getNamedType(type).name })),
      )
      .filter(({ name, type }) => type === 'ID' || /id$/i.test(name));

    expect(names.filter(({ field }) => !field.startsWith('__'))).toEqual([
      { field: 'revokeSession', name: 'id', type: 'ID' },
    ]);
  });
});
