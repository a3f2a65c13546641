import { getIntrospectionQuery } from 'graphql';
import { ada, PROFILE, startApp, type TestApp } from './support/app.ts';

/** Documents at a limit, and one beyond it. */
const repeat = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, i) => part(i));
const aliased = (count: number) => `{ profile { ${repeat(count, i => `a${i}: id`).join(' ')} } }`;
const rooted = (count: number) => `{ ${Array(count).fill('profile { id }').join(' ')} }`;
const directed = (count: number) => `{ profile { id ${Array(count).fill('@include(if: true)').join(' ')} } }`;
/** Each fragment spreads the previous one twice, so that a short document has many fields. */
const doubling = (levels: number) =>
  `{ profile { ...f${levels} } } fragment f0 on User { id } ${repeat(
    levels,
    i => `fragment f${i + 1} on User { ...f${i} ...f${i} }`,
  ).join(' ')}`;

describe('a document', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterAll(() => app.close());

  const send = (query: string) => app.browser().send(query);

  it.each([
    ['15 aliases', aliased(15)],
    ['10 fields at its root', rooted(10)],
    ['fragments that make 256 fields', doubling(8)],
    ['the introspection query of the playground', getIntrospectionQuery()],
    ['the profile query', PROFILE],
  ])('GQ-3: may have %s', async (_, query) => {
    expect((await send(query)).errors).toBeUndefined();
  });

  it.each([
    ['16 aliases', aliased(16), 'aliases'],
    ['16 aliases of __typename', `{ profile { ${repeat(16, i => `a${i}: __typename`).join(' ')} } }`, 'aliases'],
    ['11 times __typename', `{ ${repeat(11, () => '__typename').join(' ')} }`, 'fields at its root'],
    ['16 aliases in a fragment', `{ profile { ...a } } fragment a on User { ${aliased(16).slice(12, -3)} }`, 'aliases'],
    ['11 fields at its root', rooted(11), 'root'],
    ['11 fields at its root in fragments', `{ ...a ...a } fragment a on Query { ${rooted(6).slice(1, -1)} }`, 'root'],
    ['11 directives on a field', directed(11), 'directives'],
    ['fragments that make 512 fields', doubling(9), 'fields'],
    ['fragments that make a million fields', doubling(20), 'fields'],
    ['nine levels', `{ profile ${'{ id '.repeat(8)} ${'}'.repeat(8)} }`, 'nested deeper'],
    ['more than 1,000 tokens', `{ profile { ${Array(1000).fill('id').join(' ')} } }`, 'tokens'],
  ])('GQ-3: is rejected with %s, before anything runs', async (_, query, word) => {
    const response = await send(query);

    expect(response.status).toBe(400);
    expect(response.data).toBeUndefined();
    expect(response.errors?.map(({ message }) => message).join()).toContain(word);
  });

  it('GQ-3: gets ten errors at most, however many it has', async () => {
    const { status, errors } = await send(`{ profile { ${repeat(90, i => `nothing${i}`).join(' ')} } }`);

    expect([status, errors?.length]).toEqual([400, 10]);
  });

  it('GQ-3: is rejected when fragments spread each other in a cycle', async () => {
    const query = '{ profile { ...a } } fragment a on User { ...b } fragment b on User { ...a }';

    expect(await send(query)).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  const login = (password: string) => `login(email: "${ada.email}", password: "${password}") { __typename }`;

  it.each([
    ['two logins', `mutation { a: ${login('x')} b: ${login(ada.password)} }`],
    ['a login in each of two fragments', `mutation { ...a ...b } ${fragments(login('x'), login(ada.password))}`],
    ['one fragment with a login, spread beside a login', `mutation { a: ${login('x')} ...a } ${fragments(login('y'))}`],
    [
      'a login beside a skipped one',
      `mutation { a: ${login('x')} b: ${login('y').replace(') {', ') @skip(if: true) {')} }`,
    ],
    [
      'a registration and a login',
      `mutation { ${login('x')} register(email: "n@x.org", password: "y") { __typename } }`,
    ],
    [
      'two reset mails',
      'mutation { a: requestPasswordReset(email: "a@x.org") b: requestPasswordReset(email: "b@x.org") }',
    ],
  ])('GQ-4: may not contain %s: neither is executed or counted', async (_, query) => {
    const counted = await app.rows('select * from limits');
    const browser = app.browser();

    const response = await browser.send(query);

    expect(response).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED', data: undefined });
    expect(browser.cookies).toEqual({});
    expect(await app.rows('select * from limits')).toEqual(counted);
  });

  it('GQ-4: may contain several operations, since only one of them runs', async () => {
    const query = `mutation A { ${login('x')} } mutation B { logout }`;
    const response = await app.browser().fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName: 'B' }),
    });

    expect(await response.json()).toEqual({ data: { logout: false } });
  });
});

function fragments(...fields: string[]): string {
  return fields.map((field, i) => `fragment ${'ab'[i]} on Mutation { ${'cd'[i]}: ${field} }`).join(' ');
}
