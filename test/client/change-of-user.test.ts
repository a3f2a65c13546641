import type { ApolloClient } from '@apollo/client';
import { gql } from '@apollo/client';
import {
  AccountEventsDocument,
  DeleteAccountDocument,
  LoginDocument,
  LogoutDocument,
  ProfileDocument,
  RegisterDocument,
  ResetPasswordDocument,
  SessionDocument,
  SessionsDocument,
  UpdateProfileDocument,
} from '../../schema/documents.ts';
import { authError, createAuthClient } from '../../src/client/index.ts';
import { ada, type Browser, bob, newPerson, startApp, type TestApp } from '../support/app.ts';
import { Network } from '../support/network.ts';
import { until } from '../support/until.ts';

let app: TestApp;
let browser: Browser;
let network: Network;
let client: ApolloClient;
beforeAll(async () => {
  app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  await app.register(bob);
});
afterAll(() => app.close());
beforeEach(async () => {
  browser = app.browser();
  network = new Network(browser);
  client = createAuthClient({ uri: '/graphql', fetch: network.fetch });
  await app.register(ada).catch(() => undefined);
  await client.mutate({ mutation: LoginDocument, variables: ada });
});
afterEach(() => client.stop());

const profile = (of = client) => of.query({ query: ProfileDocument, fetchPolicy: 'network-only' });
const cached = (of = client) => JSON.stringify(of.extract());

/** What a component that shows the profile is handed, each value once. */
function watchProfile(of = client) {
  const seen: string[] = [];
  of.watchQuery({ query: ProfileDocument }).subscribe(({ data, loading, error }) => {
    const value = error ? error.message : data ? (data.profile?.email ?? 'visitor') : loading ? 'loading' : 'nothing';
    if (seen.at(-1) !== value) seen.push(value);
  });
  return seen;
}

describe('a change of user', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['logout', () => client.mutate({ mutation: LogoutDocument })],
    ['deleteAccount', () => client.mutate({ mutation: DeleteAccountDocument })],
    ['login of somebody else', () => client.mutate({ mutation: LoginDocument, variables: bob })],
    ['register of somebody else', () => client.mutate({ mutation: RegisterDocument, variables: newPerson() })],
    [
      'resetPassword',
      async () => {
        const variables = { token: await app.resetToken(ada.email), newPassword: ada.password };
        await client.mutate({ mutation: ResetPasswordDocument, variables });
      },
    ],
    ['a logout that the app wrote itself', () => client.mutate({ mutation: gql('mutation { logout }') })],
    [
      'a session that an administrator has ended',
      async () => {
        await app.rows('delete from sessions');
        await client.query({ query: SessionDocument, fetchPolicy: 'network-only' });
      },
    ],
    [
      'a profile that another program has changed',
      async () => {
        Object.assign(browser.cookies, (await app.login(bob)).cookies);
        await profile();
      },
    ],
  ])('by %s leaves nothing of the former user in the cache when the app has the result', async (_, change) => {
    await profile();
    await client.query({ query: SessionsDocument });
    await client.query({ query: AccountEventsDocument });
    const [, id] = /"User:([^"]+)"/.exec(cached()) ?? [];
    expect(cached()).toContain(ada.email);

    await change();

    expect(cached()).not.toContain(ada.email);
    expect(cached()).not.toContain(String(id));
    expect(cached()).not.toMatch(/AccountEvent:/);
  });

  it('is shown as loading, then as the new user, never as an error or as the former one', async () => {
    const seen = watchProfile();
    await until(() => seen.includes(ada.email));

    await client.mutate({ mutation: LoginDocument, variables: bob });
    expect(seen).toEqual(['loading', ada.email, 'loading']);

    await until(() => seen.length === 4);
    expect(seen.at(-1)).toBe(bob.email);
    expect(network.count('Profile')).toBe(2);
  });

  it('drops the late response of a watched query without an error', async () => {
    const late = network.hold('Profile');
    const seen = watchProfile();
    await late.reached;

    await client.mutate({ mutation: LogoutDocument });
    await until(() => seen.includes('visitor'));
    late.release();
    await profile();

    expect(seen).toEqual(['loading', 'visitor']);
    expect(cached()).not.toContain(ada.email);
  });

  it('drops the late response of a repeated query without an error', async () => {
    const seen = watchProfile();
    await until(() => seen.includes(ada.email));
    const late = network.hold('Profile');
    const [query] = client.getObservableQueries();
    const repeated = query?.refetch();
    await late.reached;

    await client.mutate({ mutation: LoginDocument, variables: bob });
    await until(() => seen.includes(bob.email));
    late.release();

    expect((await repeated)?.data).toMatchObject({ profile: { email: bob.email } });
    expect(seen).toEqual(['loading', ada.email, 'loading', bob.email]);
  });

  it('repeats a query in flight for the new user', async () => {
    const late = network.hold('Profile');
    const result = profile();
    await late.reached;

    await client.mutate({ mutation: LoginDocument, variables: bob });
    late.release();

    expect((await result).data).toMatchObject({ profile: { email: bob.email } });
    expect(cached()).not.toContain(ada.email);
  });

  it('hands the late result of a mutation to its caller only', async () => {
    const late = network.hold('UpdateProfile');
    const result = client.mutate({ mutation: UpdateProfileDocument, variables: { name: 'Ada Lovelace' } });
    await late.reached;

    await client.mutate({ mutation: LogoutDocument });
    late.release();

    expect((await result).data).toMatchObject({ updateProfile: { name: 'Ada Lovelace' } });
    expect(cached()).not.toContain('Lovelace');
  });

  it('shows in the first error that a session which was ended elsewhere causes', async () => {
    await profile();
    const seen = watchProfile();
    const other = await app.login(ada);
    await other.send('mutation { revokeOtherSessions }');

    const error = await client.query({ query: SessionsDocument }).catch(authError);

    expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(cached()).not.toContain(ada.email);
    await until(() => seen.at(-1) === 'visitor');
  });

  it('does not repeat requests without end for a visitor on a page that needs a session', async () => {
    await client.mutate({ mutation: LogoutDocument });
    network.sent.length = 0;
    const errors: string[] = [];
    client
      .watchQuery({ query: SessionsDocument })
      .subscribe(({ error }) => void (error && errors.push(authError(error).code)));
    const seen = watchProfile();
    await until(() => errors.length > 0 && seen.includes('visitor'));
    await profile();

    expect(network.sent.sort()).toEqual(['Profile', 'Profile', 'Sessions']);
    expect(errors).toEqual(['UNAUTHENTICATED']);
  });

  it('fetches a page again that had no session before the login', async () => {
    await client.mutate({ mutation: LogoutDocument });
    const sessions: (number | undefined)[] = [];
    client.watchQuery({ query: SessionsDocument }).subscribe(({ data, loading }) => {
      if (!loading) sessions.push(data?.sessions?.length);
    });
    await until(() => sessions.length === 1);

    await client.mutate({ mutation: LoginDocument, variables: bob });
    await until(() => sessions.length === 2);

    expect(sessions).toEqual([undefined, expect.any(Number)]);
  });

  it.each([
    ['an alias', 'signIn: login(email: $email, password: $password) { ... on SignedIn { account: user { id } } }'],
    ['no user', 'login(email: $email, password: $password) { ... on SignedIn { session { id } } }'],
    [
      'an inline fragment',
      '... on Mutation { login(email: $email, password: $password) { ... on SignedIn { user { id } } } }',
    ],
    [
      'a fragment',
      '...Login } fragment Login on Mutation { login(email: $email, password: $password) { ... on SignedIn { user { id } } }',
    ],
  ])('is noticed in a document with %s', async (_, fields) => {
    await profile();
    await client.mutate({
      mutation: gql(`mutation ($email: String!, $password: String!) { ${fields} }`),
      variables: bob,
    });

    expect(cached()).not.toContain(ada.email);
    expect((await profile()).data).toMatchObject({ profile: { email: bob.email } });
  });

  it('is not announced by a client that was stopped', async () => {
    const channel = new BroadcastChannel('bienvenue-auth');
    const stopped = createAuthClient({ uri: '/graphql', fetch: network.fetch, channel });
    stopped.stop();

    expect((await stopped.mutate({ mutation: LogoutDocument })).data).toEqual({ logout: true });
  });

  it('is not seen again and again in a field that is refused although the user is signed in', async () => {
    const sent: string[] = [];
    // The refusal arrives when the user is known.
    const turns = { Me: 1, Refused: 20 };
    const respond = async (_: unknown, init?: RequestInit) => {
      const operationName: 'Me' | 'Refused' = JSON.parse(String(init?.body)).operationName;
      sent.push(operationName);
      for (let turn = 0; turn < turns[operationName]; turn++) await new Promise(setImmediate);
      const profile = { __typename: 'User', id: 'ada', email: ada.email };
      const refused = [{ message: 'Not here.', extensions: { code: 'UNAUTHENTICATED' } }];
      return Response.json(operationName === 'Me' ? { data: { profile } } : { data: null, errors: refused });
    };
    const other = createAuthClient({ uri: 'http://localhost/graphql', fetch: respond });
    const me = other.watchQuery({ query: gql`query Me { profile { id email } }` });
    const refused = other.watchQuery({ query: gql`query Refused { reports { id } }`, errorPolicy: 'all' });
    for (const query of [me, refused]) query.subscribe(() => undefined);
    await until(() => sent.length >= 4);
    await until(() => [me, refused].every(query => !query.getCurrentResult().loading));
    const before = sent.length;
    await refused.refetch().catch(() => undefined);
    await me.refetch();
    other.stop();

    expect(sent.length).toBeLessThanOrEqual(before + 2);
    expect(sent.length).toBeLessThan(12);
  });

  it('is no change when the same user renews the profile', async () => {
    await profile();
    await client.query({ query: SessionsDocument });
    await profile();

    expect(cached()).toContain('"sessions":');
  });
});

describe('another tab', () => {
  let tab: ApolloClient;
  beforeEach(() => {
    client.stop();
    const open = () =>
      createAuthClient({ uri: '/graphql', fetch: network.fetch, channel: new BroadcastChannel('bienvenue-auth') });
    client = open();
    tab = open();
  });
  afterEach(() => tab.stop());

  it('follows a logout, and its cache is empty', async () => {
    const seen = watchProfile(tab);
    await until(() => seen.includes(ada.email));

    await client.mutate({ mutation: LogoutDocument });
    await until(() => seen.includes('visitor'));

    expect(seen).toEqual(['loading', ada.email, 'loading', 'visitor']);
    expect(cached(tab)).not.toContain(ada.email);
  });

  it('follows the login of somebody else, and never shows the former user again', async () => {
    const seen = watchProfile(tab);
    await until(() => seen.includes(ada.email));
    const late = network.hold('Profile');
    const repeated = profile(tab);
    await late.reached;

    await client.mutate({ mutation: LoginDocument, variables: bob });
    await until(() => seen.includes(bob.email));
    late.release();

    expect((await repeated).data).toMatchObject({ profile: { email: bob.email } });
    expect(seen).toEqual(['loading', ada.email, 'loading', bob.email]);
    expect(cached(tab)).not.toContain(ada.email);
  });

  it('does not answer a message, so that two tabs never wake each other without end', async () => {
    const messages: unknown[] = [];
    const listener = new BroadcastChannel('bienvenue-auth');
    listener.onmessage = event => void messages.push((event as MessageEvent).data);
    const seen = [watchProfile(client), watchProfile(tab)];
    await until(() => seen.every(values => values.includes(ada.email)));

    await client.mutate({ mutation: LogoutDocument });
    await until(() => seen.every(values => values.at(-1) === 'visitor'));
    await profile(tab);
    await profile(client);

    expect(messages).toEqual(['user-changed']);
    listener.close();
  });
});

describe('a program without other tabs', () => {
  const { BroadcastChannel } = globalThis;
  afterEach(() => {
    Object.assign(globalThis, { BroadcastChannel });
    for (const name of ['document', 'addEventListener']) Reflect.deleteProperty(globalThis, name);
  });

  const signOut = (of: ApolloClient) => of.mutate({ mutation: LogoutDocument });

  it.each([
    ['that does not know BroadcastChannel', undefined],
    [
      'that blocks the storage of the page',
      class {
        constructor() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        }
      },
    ],
  ])('can be a browser %s', async (_, channel) => {
    Object.assign(globalThis, { document: {}, BroadcastChannel: channel });
    expect((await signOut(createAuthClient({ uri: '/graphql', fetch: network.fetch }))).data).toEqual({ logout: true });
  });

  it('can be a server, where no client is held by a listener', () => {
    const listeners: string[] = [];
    Object.assign(globalThis, { addEventListener: (type: string) => void listeners.push(type) });
    createAuthClient({ uri: '/graphql', fetch: network.fetch });
    expect(listeners).toEqual([]);
  });
});
