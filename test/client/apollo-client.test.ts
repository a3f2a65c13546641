import { readFileSync } from 'node:fs';
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import {
  ada,
  type Browser,
  LOGIN,
  LOGOUT,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';

describe('a front end with Apollo Client and its default cache', () => {
  let app: TestApp;
  let browser: Browser;
  let client: ApolloClient;
  beforeEach(async () => {
    app = await startApp();
    browser = app.browser();
    client = clientOf(browser);
  });
  afterEach(() => app.close());

  it('registers, shows the user, logs out, resets the password and logs in with the new one', async () => {
    const newPassword = 'an entirely different secret';
    await mutate(REGISTER, { ...ada });
    expect(await profile()).toMatchObject({ email: ada.email, name: ada.name });

    await mutate(LOGOUT);
    expect(await profile()).toBeNull();

    await mutate(REQUEST_PASSWORD_RESET, { email: ada.email });
    const [mail] = await app.mails();
    await mutate(RESET_PASSWORD, { token: tokenIn(mail), newPassword });
    await expect(mutate(LOGIN, { ...ada })).rejects.toThrow(CombinedGraphQLErrors);

    await mutate(LOGIN, { ...ada, password: newPassword });
    expect(await profile()).toMatchObject({ email: ada.email });
  });

  it('receives user, session and token from register and login without possibleTypes', async () => {
    const registered = await mutate(REGISTER, { ...ada, transport: 'BEARER' });
    const loggedIn = await mutate(LOGIN, { ...ada, transport: 'BEARER' });

    for (const result of [registered.data?.register, loggedIn.data?.login])
      expect(result).toMatchObject({
        __typename: 'SignedIn',
        user: { email: ada.email, name: ada.name },
        session: { current: true },
        token: expect.stringMatching(/^[\w-]{43}$/),
      });
  });

  it('can spread a fragment on the union of results with the exported possible types', async () => {
    const possibleTypes = JSON.parse(readFileSync('schema/possible-types.json', 'utf8'));
    client = clientOf(browser, new InMemoryCache({ possibleTypes }));
    await mutate(REGISTER, { ...ada });

    const { data } = await mutate(
      `
      mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { ...Result } }
      fragment Result on SignInResult { ... on SignedIn { user { id email } } }`,
      { ...ada },
    );

    expect(data?.login).toMatchObject({ user: { email: ada.email } });
  });

  it('finds the code and the rejected arguments where Apollo Client puts errors', async () => {
    const refused = await mutate(REGISTER, { email: 'not an address', password: 'short' }).catch(error => error);

    expect(CombinedGraphQLErrors.is(refused)).toBe(true);
    expect(refused.errors[0]).toMatchObject({
      extensions: {
        code: 'BAD_USER_INPUT',
        fields: [
          { field: 'email', rule: 'INVALID' },
          { field: 'password', rule: 'TOO_SHORT' },
        ],
      },
    });
  });

  it.each([['RATE_LIMITED', { passwords: 5 }]])(
    'reads %s from a response with an HTTP error status',
    async (code, { passwords }) => {
      await app.register(ada);
      const guess = () => mutate(LOGIN, { ...ada, password: 'wrong horse' }).catch(error => error);
      for (let guesses = 0; guesses < passwords; guesses++) await guess();

      const refused = await guess();

      expect(refused.errors[0].extensions).toMatchObject({ code, retryAfter: expect.any(Number) });
    },
  );

  const mutate = (document: string, variables = {}) =>
    client.mutate<Record<string, unknown>>({ mutation: gql(document), variables });

  async function profile() {
    const { data } = await client.query<{ profile: object | null }>({
      query: gql(PROFILE),
      fetchPolicy: 'network-only',
    });
    return data?.profile;
  }
});

/** An Apollo Client that keeps cookies as a browser does. */
const clientOf = (browser: Browser, cache = new InMemoryCache()) =>
  new ApolloClient({
    cache,
    link: new HttpLink({ uri: '/graphql', fetch: (uri, init) => browser.fetch(String(uri), init as RequestInit) }),
  });
