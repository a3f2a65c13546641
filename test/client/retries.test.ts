import type { ApolloClient } from '@apollo/client';
import { LoginDocument, ProfileDocument, RequestPasswordResetDocument } from '../../schema/documents.ts';
import { authError, createAuthClient } from '../../src/client/index.ts';
import { ada, startApp, type TestApp } from '../support/app.ts';
import { StallingHasher } from '../support/hasher.ts';
import { Network } from '../support/network.ts';

let app: TestApp;
let hasher: StallingHasher;
let network: Network;
let client: ApolloClient;
/** Milliseconds that the client waited for, in their order. */
let waits: number[];
/** Runs instead of each wait. */
let whileWaiting: () => unknown;
beforeEach(async () => {
  hasher = new StallingHasher(4);
  app = await startApp({ ports: { hasher } });
  await app.register(ada);
  network = new Network(app.browser());
  waits = [];
  whileWaiting = () => undefined;
  client = createAuthClient({
    uri: '/graphql',
    fetch: network.fetch,
    wait: async ms => {
      waits.push(ms);
      await whileWaiting();
    },
  });
});
afterEach(() => app.close());

const login = (password = ada.password) =>
  client
    .mutate({ mutation: LoginDocument, variables: { email: ada.email, password } })
    .then(({ data }) => data, authError);
const profile = () => client.query({ query: ProfileDocument }).then(({ data }) => data, authError);

describe('a busy service', () => {
  it('gets the login again after the seconds that it named', async () => {
    const filled = hasher.fill();
    // Resolves when the hashes in the queue are done.
    whileWaiting = () => {
      hasher.release();
      return filled;
    };

    expect(await login()).toMatchObject({ login: { user: { email: ada.email } } });
    expect(waits).toEqual([1000]);
    expect(network.count('Login')).toBe(2);
  });

  it('is reported with the error of a wait that fails', async () => {
    hasher.fill();
    whileWaiting = () => Promise.reject(new Error('the timer was aborted'));

    expect(await login()).toMatchObject({ message: 'the timer was aborted' });
    expect(network.count('Login')).toBe(1);
    hasher.release();
  });

  it('is reported as BUSY when it stays busy', async () => {
    const filled = hasher.fill();

    expect(await login()).toMatchObject({ code: 'BUSY', retryAfter: 1 });
    expect(waits).toEqual([1000, 1000]);
    expect(network.count('Login')).toBe(3);
    hasher.release();
    await filled;
  });
});

describe('too many attempts', () => {
  it('are reported at once', async () => {
    for (let guesses = 0; guesses < 5; guesses++) await login('wrong horse');

    expect(await login()).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
    expect(waits).toEqual([]);
    expect(network.count('Login')).toBe(6);
  });
});

describe('a service that cannot reach its database', () => {
  it('gets a query again, but no mutation, which may have taken effect', async () => {
    await login();
    await app.database.takeDown();

    expect(await client.query({ query: ProfileDocument, fetchPolicy: 'network-only' }).catch(authError)).toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(waits).toEqual([1000, 1000]);
    expect(network.count('Profile')).toBe(3);

    const variables = { email: ada.email };
    const sent = await client.mutate({ mutation: RequestPasswordResetDocument, variables }).catch(authError);
    expect(sent).toMatchObject({ code: 'UNAVAILABLE' });
    expect(network.count('RequestPasswordReset')).toBe(1);
  });
});

describe('a service that cannot be reached', () => {
  let failures: number;
  beforeEach(() => {
    const reach = network.fetch;
    const unreliable = (async (...args: Parameters<typeof fetch>) => {
      failures -= 1;
      if (failures < 0) return reach(...args);
      network.sent.push('failed');
      throw new TypeError('fetch failed');
    }) as typeof fetch;
    client = createAuthClient({ uri: '/graphql', fetch: unreliable, wait: async ms => void waits.push(ms) });
  });

  it('gets a query again, each time after a longer wait', async () => {
    failures = 2;
    expect(await profile()).toEqual({ profile: null });
    expect(waits).toEqual([500, 1000]);
  });

  it('is reported after the third attempt', async () => {
    failures = 3;
    expect(await profile()).toMatchObject({ code: 'NETWORK_ERROR' });
    expect(network.sent).toEqual(['failed', 'failed', 'failed']);
  });

  it('gets a mutation once', async () => {
    failures = 1;
    expect(await login()).toMatchObject({ code: 'NETWORK_ERROR' });
    expect(network.sent).toEqual(['failed']);
  });
});

describe('a proxy before the service', () => {
  const respond = (status: number, retryAfter: string) => {
    let requests = 0;
    const fetch = async () => {
      requests += 1;
      return new Response('<h1>Sorry</h1>', { status, headers: { 'retry-after': retryAfter } });
    };
    client = createAuthClient({ uri: 'http://localhost/graphql', fetch, wait: async ms => void waits.push(ms) });
    return () => requests;
  };

  it('decides when a query is sent again', async () => {
    const requests = respond(503, '7');
    expect(await profile()).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 7 });
    expect(waits).toEqual([7000, 7000]);
    expect(requests()).toBe(3);
  });

  it('is not waited for when it names more than ten seconds', async () => {
    const requests = respond(503, '11');
    expect(await profile()).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 11 });
    expect(requests()).toBe(1);
  });
});
