import { idOf, registerAdmin } from '../support/admins.ts';
import { ada, type Browser, bob, LOGIN, startApp, type TestApp } from '../support/app.ts';
import { statementsDuring } from '../support/databases/statements.ts';
import { operation } from '../support/operations.ts';

const ADMIN_USERS = operation('AdminUsers');
const ADMIN_EVENTS = operation('AdminEvents');

type Person = { email: string; name?: string; roles?: string[]; disabled?: boolean };

/** Oldest first. */
const PEOPLE: Person[] = [
  { email: 'Ann@example.org', name: 'Élise Ann', roles: ['SUPPORT'] },
  { email: 'anna@example.org', name: 'ELI', disabled: true },
  { email: 'hannah@example.org', name: 'Anna_Lena', roles: ['SUPPORT'], disabled: true },
  { email: 'an%x@example.org', name: '100% Élise' },
  { email: 'jürgen@münchen.example', name: '\u{10ffff}' },
  { email: 'zoe@example.org' },
];

const nodesOf = ({ edges }: { edges: { node: { id: string; email: string; type: string } }[] }) =>
  edges.map(({ node }) => node);

describe('adminUsers', () => {
  let app: TestApp;
  let admin: Browser;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT' } });
    admin = await registerAdmin(app, ada);
    for (const { disabled, ...person } of PEOPLE) {
      const { id } = await app.auth.work(services => services.admin.createUser(person));
      if (disabled) await app.auth.work(services => services.admin.disableUser(id));
    }
  });
  afterAll(() => app.close());

  const pageOf = async (variables: object = {}) => (await admin.send(ADMIN_USERS, { ...variables })).data.adminUsers;
  const list = async (variables: object = {}) =>
    nodesOf(await pageOf(variables)).map(({ email }) => email.split('@')[0]);

  it('lists all users, newest first', async () => {
    expect(await list()).toEqual(['zoe', 'jürgen', 'an%x', 'hannah', 'anna', 'Ann', 'ada']);
  });

  it.each<[string, object, string[]]>([
    ['the beginning of an address', { search: 'ann' }, ['hannah', 'anna', 'Ann']],
    ['a whole address', { search: 'ANN@Example.org' }, ['Ann']],
    ['an address in another form of Unicode', { search: 'jürgen@münchen.example'.normalize('NFD') }, ['jürgen']],
    ['the beginning of a name', { search: 'éli' }, ['Ann']],
    ['the beginning of a name in capitals', { search: 'ÉLISE A' }, ['Ann']],
    ['a name without accents', { search: 'eli' }, ['anna']],
    ['a name with characters that are wildcards elsewhere', { search: 'anna_l' }, ['hannah']],
    ['a wildcard', { search: '%' }, []],
    ['another wildcard', { search: 'an%' }, ['an%x']],
    ['a placeholder', { search: ':name' }, []],
    ['spaces around', { search: '  zoe ' }, ['zoe']],
    ['SQL', { search: "' or 1=1 --" }, []],
    ['the last character of Unicode', { search: '\u{10ffff}' }, ['jürgen']],
    ['a role', { role: 'SUPPORT' }, ['hannah', 'Ann']],
    ['a role that nobody has', { role: 'BILLING' }, []],
    ['disabled', { disabled: true }, ['hannah', 'anna']],
    ['not disabled', { disabled: false }, ['zoe', 'jürgen', 'an%x', 'Ann', 'ada']],
    ['role and disabled', { role: 'SUPPORT', disabled: true }, ['hannah']],
    ['role and not disabled', { role: 'SUPPORT', disabled: false }, ['Ann']],
    ['search and role', { search: 'ann', role: 'SUPPORT' }, ['hannah', 'Ann']],
    ['search and disabled', { search: 'ann', disabled: true }, ['hannah', 'anna']],
    ['all three', { search: 'ann', role: 'SUPPORT', disabled: false }, ['Ann']],
  ])('filters by %s', async (_, variables, expected) => {
    expect(await list(variables)).toEqual(expected);
    if (expected.length > 1) {
      const first = await pageOf({ ...variables, first: 1 });
      expect(await list({ ...variables, after: first.pageInfo.endCursor })).toEqual(expected.slice(1));
    }
  });

  it('takes an empty search for none', async () => {
    expect(await list({ search: '  ' })).toEqual(await list());
  });

  it('GQ-8: reads each page in the same few statements, whatever its size', async () => {
    const { pageInfo } = await pageOf({ first: 1 });
    const small = await statementsDuring(() => pageOf({ first: 1, after: pageInfo.endCursor }));
    const large = await statementsDuring(() => pageOf({ first: 100, after: pageInfo.endCursor }));

    expect(large).toHaveLength(small.length);
    expect(large.length).toBeLessThanOrEqual(4);
  });

  it.each<[string, object]>([
    ['first', { first: 0 }],
    ['first', { first: 101 }],
    ['after', { after: 'x' }],
    ['after', { after: 'A'.repeat(50_000) }],
    ['search', { search: 'x'.repeat(255) }],
    ['search', { search: 'a NUL \0' }],
    ['search', { search: '\ud800' }],
    ['role', { role: "' or 1=1 --" }],
    ['role', { role: 'x'.repeat(10_000) }],
  ])('GQ-8: refuses a wrong %s', async (field, variables) => {
    const { code, fields } = await admin.send(ADMIN_USERS, { ...variables });

    expect([code, fields?.map(issue => issue.field)]).toEqual(['BAD_USER_INPUT', [field]]);
  });

  it('GQ-8: refuses a cursor of events', async () => {
    const events = (await admin.send(ADMIN_EVENTS, { first: 1 })).data.adminEvents;

    expect((await admin.send(ADMIN_USERS, { after: events.pageInfo.endCursor })).fields).toMatchObject([
      { field: 'after' },
    ]);
  });

  it('GQ-3: may select everything of a page of a hundred', async () => {
    const query = `{ adminUsers(first: 100) { edges { cursor node { id email roles
      sessions { id } events(first: 100) { edges { node { type at } } pageInfo { hasNextPage } } } } } }`;

    expect((await admin.send(query)).data.adminUsers.edges).toHaveLength(7);
  });
});

describe('a search with more matches than are sorted', () => {
  let app: TestApp;
  let admin: Browser;
  const COUNT = 10_200;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT' } });
    admin = await registerAdmin(app, ada);
    const insert = 'insert into users (id, email, canonical_email, search_name, created_at, disabled) values';
    const row = (n: number) =>
      `('${idAt(n)}', 'many-${n}@example.org', 'many-${n}@example.org', 'name ${n}', 0, ${n === 3})`;
    for (let from = 0; from < COUNT; from += 300)
      await app.rows(`${insert} ${Array.from({ length: 300 }, (_, n) => row(from + n)).join(', ')}`);
    await app.rows(`insert into user_roles (id, user_id, role) values ('${idAt(0)}', '${idAt(3)}', 'SUPPORT')`);
  });
  afterAll(() => app.close());

  const idAt = (n: number) => `01800000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const search = async (variables: object) => {
    const { data } = await admin.send(ADMIN_USERS, { first: 3, ...variables });
    return { ids: nodesOf(data.adminUsers).map(({ id }) => id), ...data.adminUsers.pageInfo };
  };

  it.each(['many-', 'NAME'])('has the same pages: %s', async text => {
    const { ids, endCursor, hasNextPage } = await search({ search: text });

    expect([ids, hasNextPage]).toEqual([[10_199, 10_198, 10_197].map(idAt), true]);
    expect((await search({ search: text, after: endCursor })).ids).toEqual([10_196, 10_195, 10_194].map(idAt));
  });

  it.each<[string, object]>([
    ['role', { role: 'SUPPORT' }],
    ['disabled', { disabled: true }],
    ['role and disabled', { role: 'SUPPORT', disabled: true }],
  ])('combines with %s', async (_, filter) => {
    expect(await search({ search: 'many-', ...filter })).toMatchObject({ ids: [idAt(3)], hasNextPage: false });
  });
});

describe('adminEvents', () => {
  let app: TestApp;
  let admin: Browser;
  let id: string;
  beforeAll(async () => {
    app = await startApp();
    admin = await registerAdmin(app, ada);
    id = await idOf(await app.register(bob));
    for (const email of [bob.email, ada.email, 'nobody@example.org'])
      await app.browser().send(LOGIN, { email, password: 'a wrong guess' });
  });
  afterAll(() => app.close());

  const list = async (variables: object = {}) =>
    nodesOf((await admin.send(ADMIN_EVENTS, { ...variables })).data.adminEvents).map(({ type }) => type);

  it('shows those of all accounts, newest first', async () => {
    expect(await list()).toEqual([...Array(3).fill('SIGN_IN_FAILED'), 'REGISTERED', 'ROLES_CHANGED', 'REGISTERED']);
  });

  it.each<[string, (user: string) => object, string[]]>([
    ['type', () => ({ type: 'ROLES_CHANGED' }), ['ROLES_CHANGED']],
    ['user', userId => ({ userId }), ['SIGN_IN_FAILED', 'REGISTERED']],
    ['both', userId => ({ userId, type: 'REGISTERED' }), ['REGISTERED']],
    ['a type that did not happen', () => ({ type: 'DELETED' }), []],
    ['an unknown user', () => ({ userId: '01999999-0000-7000-8000-000000000000' }), []],
    ['a malformed id', () => ({ userId: "' or 1=1 --" }), []],
    ['an oversized id', () => ({ userId: 'x'.repeat(10_000) }), []],
  ])('filters by %s', async (_, variables, expected) => {
    expect(await list(variables(id))).toEqual(expected);
  });

  it('GQ-8: continues after a cursor', async () => {
    const { data } = await admin.send(ADMIN_EVENTS, { first: 4 });

    expect(await list({ after: data.adminEvents.pageInfo.endCursor })).toEqual(['ROLES_CHANGED', 'REGISTERED']);
  });

  it.each([{ first: 0 }, { first: 101 }, { after: 'x' }])('GQ-8: refuses %j', async variables => {
    expect((await admin.send(ADMIN_EVENTS, variables)).code).toBe('BAD_USER_INPUT');
  });
});
