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

describe('a front end with Apollo Client', () => {
  let app: TestApp;
  let browser: Browser;
  let client: ApolloClient;
  beforeEach(async () => {
    app = await startApp();
    browser = app.browser();
    client = clientOf(browser);
  });
  afterEach(() => app.close());

  it('registers, shows who is there, signs out, resets the password and signs in with the new one', async () => {
    const newPassword = 'an entirely other secret';
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

  it('finds the code and the refused arguments where Apollo Client puts errors', async () => {
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
    'still reads %s when it comes with an HTTP status of its own',
    async (code, { passwords }) => {
      await app.register(ada);
      const guess = () => mutate(LOGIN, { ...ada, password: 'wrong horse' }).catch(error => error);
      for (let guesses = 0; guesses < passwords; guesses++) await guess();

      const refused = await guess();

      expect(refused.errors[0].extensions).toMatchObject({ code, retryAfter: expect.any(Number) });
    },
  );

  const mutate = (document: string, variables = {}) => client.mutate({ mutation: gql(document), variables });

  async function profile() {
    const { data } = await client.query<{ profile: object | null }>({
      query: gql(PROFILE),
      fetchPolicy: 'network-only',
    });
    return data?.profile;
  }
});

/** As a front end sets it up; the browser keeps the cookie. */
const clientOf = (browser: Browser) =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: '/graphql', fetch: (uri, init) => browser.fetch(String(uri), init as RequestInit) }),
  });
