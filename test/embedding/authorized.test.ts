import 'reflect-metadata';
import { graphql } from 'graphql';
import { Authorized, buildSchemaSync, Query, Resolver } from 'type-graphql';
import { authChecker } from '../../src/index.ts';
import { ada, LOGIN, startApp, type TestApp } from '../support/app.ts';

@Resolver()
class HostResolver {
  @Authorized()
  @Query(() => String)
  forUsers(): string {
    return 'users';
  }

  @Authorized('ADMIN')
  @Query(() => String)
  forAdmins(): string {
    return 'administrators';
  }

  @Authorized('SUPPORT', 'ADMIN')
  @Query(() => String)
  forStaff(): string {
    return 'staff';
  }
}

describe("@Authorized() in a host program's resolvers, with our authChecker", () => {
  const schema = buildSchemaSync({ resolvers: [HostResolver], authChecker, validate: false });
  let app: TestApp;
  let token: string;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT' } });
    await app.register(ada);
    const { data } = await app.browser().send(LOGIN, { ...ada, transport: 'BEARER' });
    token = data.login.token;
  });
  afterAll(() => app.close());

  /** What the query returns, or the code of its error. */
  async function query(field: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
    const contextValue = await app.auth.context({ request: new Request(app.url, { headers }) });
    const { data, errors } = await graphql({ schema, source: `{ ${field} }`, contextValue });
    return errors?.[0]?.extensions.code ?? data?.[field];
  }
  const setRoles = (...roles: string[]) =>
    app.auth.work(async ({ admin }) => admin.setRoles(String((await admin.userByEmail(ada.email))?.id), roles));

  it('AZ-1: refuses a visitor', async () => {
    for (const field of ['forUsers', 'forAdmins', 'forStaff']) expect(await query(field, {})).toBe('UNAUTHENTICATED');
  });

  it('AZ-3: knows the roles of the user on every request', async () => {
    const all = () => Promise.all(['forUsers', 'forStaff', 'forAdmins'].map(field => query(field)));

    expect(await all()).toEqual(['users', 'FORBIDDEN', 'FORBIDDEN']);
    await setRoles('SUPPORT');
    expect(await all()).toEqual(['users', 'staff', 'FORBIDDEN']);
    await setRoles('ADMIN');
    expect(await all()).toEqual(['users', 'staff', 'administrators']);
  });
});
