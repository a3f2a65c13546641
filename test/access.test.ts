import { getNamedType, isObjectType } from 'graphql';
import type { Auth } from '../src/create-auth.ts';
import { buildSchema } from '../src/graphql/schema.ts';
import { restRoutes } from '../src/http/rest.ts';
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
  verifyEmail: 'TOKEN_INVALID',
};
const PUBLIC_ROUTES: Record<string, number> = {
  'POST /users': 200,
  'POST /sessions': 200,
  'POST /reset_password': 200,
  'PUT /reset_password': 403,
};

const cy: Person = { email: 'cy@example.org', password: 'seven purple lanterns' };
const asCy = (name: string) => (({ ...cy })[name] ?? rightText(name)) as string;

it('every REST route is among those that are tested', () => {
  const routes = restRoutes({} as Auth, { exposeResetToken: false });
  const names = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

  expect(EVERY_ROUTE.map(names).sort()).toEqual(routes.map(names).sort());
});

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

    // Those of administrators may name every user; `an administrator's field` below covers them.
    expect(names.filter(({ field }) => !/^(__|admin)/.test(field))).toEqual([
      { field: 'revokeSession', name: 'id', type: 'ID' },
    ]);
  });
});

describe("an administrator's field", () => {
  const fields = EVERY_OPERATION.filter(({ field }) => field.startsWith('admin'));
  let app: TestApp;
  let before: unknown[];
  let cookie: string;
  let id: string;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT' } });
    const browser = await app.register(ada);
    id = (await browser.send(PROFILE)).data.profile.id;
    await app.auth.work(({ admin }) => admin.setRoles(id, ['SUPPORT']));
    cookie = `session_id=${browser.cookies.session_id}`;
    await app.auth.settle();
    before = await app.dump();
  });
  afterAll(() => app.close());

  const ARGUMENTS: [string, (name: string) => string][] = [
    ['well-formed', name => (/id$/i.test(name) ? id : asCy(name))],
    ['malformed', () => "' or 1=1 --"],
    ['empty', () => ''],
    ['oversized', () => 'x'.repeat(10_000)],
  ];

  it.each(
    fields.flatMap(operation => ARGUMENTS.map(([what, text]) => [operation.field, what, operation, text] as const)),
  )(
    'AZ-1, AZ-2: %s rejects visitors and other users alike, with %s arguments, and changes nothing',
    async (_field, _what, operation, text) => {
      const variables = valuesOf(operation, text);
      const visitor = await post(app.url, operation.query, { variables });
      const user = await post(app.url, operation.query, { variables, headers: { cookie } });

      expect(visitor.json.errors[0].extensions.code).toBe('UNAUTHENTICATED');
      expect(user.json.errors[0].extensions.code).toBe('FORBIDDEN');
      expect([visitor.json.data, user.json.data].filter(data => Object.values(data ?? {}).some(Boolean))).toEqual([]);
      expect(await app.dump()).toEqual(before);
    },
  );

  it('AZ-2: is every field with a type that only administrators see', async () => {
    const schema = await buildSchema();
    const roots = [schema.getQueryType(), schema.getMutationType()].flatMap(type =>
      Object.values(type?.getFields() ?? {}),
    );
    const named = roots.filter(({ type }) => getNamedType(type).name.startsWith('Admin')).map(({ name }) => name);

    expect(named.filter(name => !name.startsWith('admin'))).toEqual([]);
    expect(fields.length).toBeGreaterThanOrEqual(10);
  });
});
