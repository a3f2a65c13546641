import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApolloClient, gql } from '@apollo/client';
import {
  ChangePasswordDocument,
  DeleteAccountDocument,
  LoginDocument,
  LogoutDocument,
  ProfileDocument,
  RegisterDocument,
  SessionsDocument,
} from '../../schema/documents.ts';
import { authError, createAuthClient, type TokenStorage } from '../../src/client/index.ts';
import { ada, bob, startApp, type TestApp } from '../support/app.ts';

/** A storage as React Native has them: it takes a moment. */
class SlowStorage implements TokenStorage {
  token: string | null = null;

  async get(): Promise<string | null> {
    await new Promise(setImmediate);
    return this.token;
  }

  async set(token: string): Promise<void> {
    await new Promise(setImmediate);
    this.token = token;
  }

  async remove(): Promise<void> {
    await new Promise(setImmediate);
    this.token = null;
  }
}

describe('a client with a storage for the token', () => {
  let app: TestApp;
  let storage: SlowStorage;
  let client: ApolloClient;
  let received: Headers[];
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register(ada);
    await app.register(bob);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    storage = new SlowStorage();
    received = [];
    client = createAuthClient({
      uri: `${app.url}/graphql`,
      transport: { storage },
      fetch: async (uri, init) => {
        const response = await fetch(uri, init);
        received.push(response.headers);
        return response;
      },
    });
    await client.mutate({ mutation: LoginDocument, variables: ada });
  });

  const profile = async () =>
    (await client.query({ query: ProfileDocument, fetchPolicy: 'network-only' })).data?.profile;

  it('requests, stores and sends a token, and no cookie', async () => {
    expect(storage.token).toMatch(/^[\w-]{43}$/);
    expect(await profile()).toMatchObject({ email: ada.email });
    expect(received.flatMap(headers => headers.getSetCookie())).toEqual([]);
  });

  it('does not keep the token in the cache', () => {
    expect(JSON.stringify(client.extract())).not.toContain(storage.token);
  });

  it('registers with a token too', async () => {
    const variables = { ...ada, email: 'grace@example.org' };
    await client.mutate({ mutation: RegisterDocument, variables });
    expect(await profile()).toMatchObject({ email: 'grace@example.org' });
  });

  it('replaces the token when the password changes', async () => {
    const { token } = storage;
    const variables = { currentPassword: ada.password, newPassword: ada.password };
    await client.mutate({ mutation: ChangePasswordDocument, variables });

    expect(storage.token).toMatch(/^[\w-]{43}$/);
    expect(storage.token).not.toBe(token);
    expect(await profile()).toMatchObject({ email: ada.email });
  });

  it('removes the token on logout', async () => {
    await client.mutate({ mutation: LogoutDocument });
    expect(storage.token).toBeNull();
    expect(await profile()).toBeNull();
  });

  it('removes the token with the account', async () => {
    await client.mutate({ mutation: RegisterDocument, variables: { ...ada, email: 'gone@example.org' } });
    await client.mutate({ mutation: DeleteAccountDocument });
    expect(storage.token).toBeNull();
  });

  it.each([
    ['an error', () => client.query({ query: SessionsDocument }).catch(authError)],
    ['the profile of a visitor', profile],
  ])('removes the token of a session that was ended elsewhere, which it sees by %s', async (_, look) => {
    await (await app.login(ada)).send('mutation { revokeOtherSessions }');
    await look();
    expect(storage.token).toBeNull();
  });

  it('keeps a new token when a response to the former one comes late', async () => {
    const former = storage.token as string;
    await (await app.login(ada)).send('mutation { revokeOtherSessions }');
    const look = client.query({ query: SessionsDocument }).catch(authError);
    await Promise.all([look, client.mutate({ mutation: LoginDocument, variables: bob })]);

    expect(storage.token).not.toBeNull();
    expect(storage.token).not.toBe(former);
    expect(await profile()).toMatchObject({ email: bob.email });
  });

  it('keeps a new token that arrives while the former one is being removed', async () => {
    await (await app.login(ada)).send('mutation { revokeOtherSessions }');
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
    };
    const { get } = storage;
    let login: Promise<unknown> | undefined;
    // Meanwhile the login would store its token, if it did not wait.
    const duringRemoval = async () => {
      login = client.mutate({ mutation: LoginDocument, variables: bob });
      while (received.length < 3) await turns(1);
      await turns(50);
    };
    const removal = Promise.withResolvers<void>();
    let reads = 0;
    storage.get = async () => {
      const token = await get.call(storage);
      reads += 1;
      // The first read is for the request.
      if (reads === 2) await duringRemoval().finally(removal.resolve);
      return token;
    };
    await client.query({ query: SessionsDocument }).catch(authError);
    await Promise.all([login, removal.promise]);
    await turns(10);

    expect(await profile()).toMatchObject({ email: bob.email });
  });

  it('reports a logout although the storage cannot remove the token', async () => {
    await profile();
    storage.remove = () => Promise.reject(new Error('The keychain is locked.'));

    expect((await client.mutate({ mutation: LogoutDocument })).data).toEqual({ logout: true });
    expect(JSON.stringify(client.extract())).not.toContain(ada.email);
    expect(await profile()).toBeNull();
  });

  it('finds the token under any alias', async () => {
    const mutation = gql`
      mutation ($transport: SessionTransport!) {
        signIn: login(email: "bob@example.org", password: "${bob.password}", transport: $transport) {
          ... on SignedIn { token }
        }
      }
    `;
    const { token } = storage;
    await client.mutate({ mutation, variables: { transport: 'BEARER' } });

    expect(storage.token).not.toBe(token);
    expect(await profile()).toMatchObject({ email: bob.email });
  });

  it('says so when the storage cannot keep the token', async () => {
    storage.set = () => Promise.reject(new Error('The keychain is full.'));
    const error = await client.mutate({ mutation: LoginDocument, variables: ada }).catch(authError);
    expect(error).toMatchObject({ code: 'UNKNOWN', message: 'The keychain is full.' });
  });

  it('says so when the storage cannot read the token', async () => {
    storage.get = () => Promise.reject(new Error('The keychain is locked.'));
    expect(await client.query({ query: SessionsDocument }).catch(authError)).toMatchObject({
      code: 'UNKNOWN',
      message: 'The keychain is locked.',
    });
  });

  it('sends the headers of the app with the token', async () => {
    const requests: IncomingHttpHeaders[] = [];
    const server = createServer(({ headers }, res) => {
      requests.push(headers);
      res.setHeader('content-type', 'application/json').end('{"data":{"profile":null}}');
    }).listen(0);
    const uri = `http://localhost:${(server.address() as AddressInfo).port}/graphql`;
    const other = createAuthClient({ uri, transport: { storage }, headers: { 'x-app': 'mobile 1.2' } });
    const { token } = storage;
    await other.query({ query: ProfileDocument });
    server.close();

    expect(requests).toMatchObject([{ 'x-app': 'mobile 1.2', authorization: `Bearer ${token}` }]);
  });
});
