import { ada, LOGIN, startApp, type TestApp } from '../support/app.ts';
import { BEHIND_PROXY, browserAt } from '../support/guesses.ts';
import { CountingHasher } from '../support/hasher.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

const aliases = (password: (index: number) => string, from = 0, to = 12, directives = '') =>
  Array.from({ length: to - from }, (_, index) => index + from)
    .map(
      index => `a${index}: login(email: "${ada.email}", password: "${password(index)}") ${directives} { __typename }`,
    )
    .join('\n');

describe('parallel guesses', () => {
  const documents: [string, (password: (index: number) => string) => string][] = [
    ['aliases', password => `mutation { ${aliases(password)} }`],
    [
      'fragments',
      password => `mutation { ...A ...B }
        fragment A on Mutation { ${aliases(password, 0, 6)} }
        fragment B on Mutation { ...C }
        fragment C on Mutation { ${aliases(password, 6, 12)} }`,
    ],
    ['inline fragments', password => `mutation { ... on Mutation { ${aliases(password)} } }`],
    ['directives', password => `mutation { ${aliases(password, 0, 12, '@include(if: true) @skip(if: false)')} }`],
    ['several operations', password => `mutation M { ${aliases(password)} } query Q { profile { id } }`],
  ];

  let app: TestApp;
  const hasher = new CountingHasher();
  beforeEach(async () => {
    app = await startApp({ ports: { hasher } });
    await app.register(ada);
  });
  afterEach(() => app.close());

  const send = (body: unknown) =>
    app.browser().fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const sessions = async () => (await app.rows('select id from sessions')).length;
  const rightAt = (position: number) => (index: number) => (index === position ? ada.password : `wrong ${index}`);

  it.each(documents)('RL-2: in one document, by %s, do not exceed the limit', async (_, document) => {
    const before = hasher.comparisons;

    const response = await send({
      query: document(rightAt(10)),
      operationName: document(rightAt(10)).includes(' M ') ? 'M' : undefined,
    });

    expect(await response.text()).toContain('An operation may contain only one of these: login.');
    expect(response.headers.has('set-cookie')).toBe(false);
    expect(await sessions()).toBe(1);
    expect(hasher.comparisons).toBe(before);
  });

  it('RL-2: as a batch of documents, or by GET, are refused', async () => {
    const before = hasher.comparisons;
    const query = `mutation { ${aliases(rightAt(0), 0, 1)} }`;

    const list = await send(Array(20).fill({ query }));
    const get = await app
      .browser({ headers: { 'apollo-require-preflight': 'yes' } })
      .fetch(`/graphql?query=${encodeURIComponent(query)}`);

    expect([list.status, get.status]).toEqual([400, 405]);
    expect([hasher.comparisons - before, await sessions()]).toEqual([0, 1]);
  });
});

describe('other parallel requests', () => {
  const people = Array.from({ length: 25 }, (_, index) => `person${index}@example.org`);
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
  });
  afterEach(() => app.close());

  const send = (fieldFor: (email: string) => string) =>
    Promise.all(people.map(email => browserAt(app, '192.0.2.1').send(`mutation { ${fieldFor(email)} }`)));

  it('RL-2: create ten accounts out of twenty-five registrations', async () => {
    await send(email => `register(email: "${email}", password: "${ada.password}") { __typename }`);

    expect(await app.rows('select id from users')).toHaveLength(10);
  });

  it('RL-2: send twenty mails out of twenty-five', async () => {
    const accounts = people.map((email, index) =>
      browserAt(app, `198.51.100.${index}`).form('POST', '/users', { email, password: ada.password }),
    );
    await Promise.all(accounts);

    await send(email => `requestPasswordReset(email: "${email}")`);

    expect(await app.mails()).toHaveLength(20);
  });
});

describe('parallel guesses at two replicas', () => {
  const hasher = new CountingHasher();
  let replicas: Replicas;
  beforeEach(async () => {
    replicas = await startReplicas({ ports: { hasher } });
    await replicas.one.register(ada);
  });
  afterEach(() => replicas.close());

  it.each([
    ['the right one first', 0, 10],
    ['the right one last', 89, 10],
    ['no right one among them', -1, 5],
  ])('RL-3: ninety of them, %s, are not more than one client would have', async (_, position, most) => {
    const { one, two } = replicas;
    const before = hasher.comparisons;
    // No more than fifty at each, where refusals under load would be delayed.
    const passwords = Array.from({ length: 90 }, (_, index) => (index === position ? ada.password : `wrong ${index}`));

    const responses = await Promise.all(
      passwords.map((password, index) => (index % 2 ? one : two).browser().send(LOGIN, { ...ada, password })),
    );

    const codes = new Set(responses.filter(({ data }) => !data).map(({ code }) => code));
    expect([...codes].sort()).toEqual(['INVALID_CREDENTIALS', 'RATE_LIMITED']);
    expect(hasher.comparisons - before).toBeLessThanOrEqual(most);
  });
});
