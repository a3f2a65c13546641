import { ada, LOGIN, REGISTER, startApp, type TestApp } from '../support/app.ts';
import { statementsDuring } from '../support/databases/statements.ts';
import { EVERY_OPERATION, EVERY_ROUTE, type Operation, rightText, valuesOf } from '../support/every-operation.ts';
import { CountingHasher } from '../support/hasher.ts';
import { NAUGHTY, SLOW } from '../support/hostile-values.ts';
import { post, type RawResponse, request } from '../support/raw.ts';

const isText = ({ type }: Operation['args'][number]) => /^String!?$/.test(String(type));
const everyText = EVERY_OPERATION.flatMap(operation =>
  operation.args.filter(isText).map(({ name }) => [operation.field, name, operation] as const),
);
const everyField = EVERY_ROUTE.flatMap(route =>
  route.fields.map(name => [`${route.method} ${route.path}`, name, route] as const),
);
const AT_ONCE = 8;
/** Those of which a test of their own expects more. */
const WITH_OWN_TEST = ['register.name', 'register.password', 'login.password'];
const otherTexts = everyText.filter(([field, name]) => !WITH_OWN_TEST.includes(`${field}.${name}`));
const SHARES = 6;
const share = (number: number) => NAUGHTY.filter((_, index) => index % SHARES === number % SHARES);
/** Gives each argument or form field a share of the strings: they share the code behind the body parser. */
const withShares = <Input extends readonly unknown[]>(inputs: readonly Input[]) =>
  inputs.map((input, number) => [...input, share(number)] as const);

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  await app.register(ada);
});
beforeEach(() => {
  app.lines.length = 0;
});
afterAll(() => app.close());

let count = 0;
/** A new address each time, so that registration can succeed. */
const textOf = (name: string) => (name === 'email' ? `naughty${++count}@example.org` : rightText(name));

const send = (operation: Operation, name: string, value: string) =>
  post(app.url, operation.query, { variables: { ...valuesOf(operation, textOf), [name]: value } });

const sendForm = ({ method, path, fields }: (typeof EVERY_ROUTE)[number], name: string, value: string) => {
  const form = fields.map((field): [string, string] => [field, field === name ? value : textOf(field)]);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return request(app.url, { method, path, headers, body: new URLSearchParams(form).toString() });
};

/** A few at a time, because more concurrent hashes are refused. */
async function forEach<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  const rest = values.entries();
  const worker = async () => {
    for (const [, value] of rest) await work(value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Expects one JSON line per request and no error lines. */
function expectOneLineEach(requests: number): void {
  expect(app.lines.filter(line => line.indexOf('\n') !== line.length - 1)).toEqual([]);
  const lines = app.lines.map(line => JSON.parse(line));
  expect(lines.filter(({ msg }) => msg === 'request completed')).toHaveLength(requests);
  expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
}

const EXPECTED = ['BAD_USER_INPUT', 'EMAIL_TAKEN', 'INVALID_CREDENTIALS', 'TOKEN_INVALID', 'UNAUTHENTICATED'];
const codeOf = ({ json }: RawResponse) => json.errors?.[0].extensions.code;

function expectAcceptedOrRefused(value: string, response: RawResponse): void {
  expect([value, response.status]).toEqual([value, 200]);
  expect([undefined, ...EXPECTED]).toContain(codeOf(response));
}

describe('each naughty string', () => {
  it.each(withShares(otherTexts))(
    'IN-2, LO-2: is accepted as text or refused: %s(%s)',
    async (_field, name, operation, strings) => {
      await forEach(strings, async value => {
        expectAcceptedOrRefused(value, await send(operation, name, value));
      });
      expectOneLineEach(strings.length);
    },
  );

  it.each(withShares(everyField))(
    'IN-2, LO-2: is accepted as text or refused: %s, %s in a form',
    async (_route, name, route, strings) => {
      await forEach(strings, async value => {
        const response = await sendForm(route, name, value);

        expect([value, response.status < 500, response.json]).toEqual([value, true, expect.any(Object)]);
        if (response.status === 200 && name === 'email') expect(response.json.email).toBe(value.normalize('NFC'));
      });
      expectOneLineEach(strings.length);
    },
  );

  it('IN-2, LO-2: is accepted as a password that can log in, or is refused', async () => {
    const strings = [...share(0), ...share(1)];
    let taken = 0;
    await forEach(strings, async password => {
      const variables = { email: textOf('email'), password };
      const registered = await post(app.url, REGISTER, { variables });
      const loggedIn = await post(app.url, LOGIN, { variables });
      for (const response of [registered, loggedIn]) expectAcceptedOrRefused(password, response);
      if (registered.json.errors) return;

      taken += 1;
      expect(loggedIn.json.data.login.user.email).toBe(variables.email);
    });

    expectOneLineEach(2 * strings.length);
    expect(taken).toBeGreaterThan(strings.length / 2);
  });
});

describe('90 KB strings that are expensive to parse', () => {
  const hasher = new CountingHasher();
  let counted: TestApp;
  beforeAll(async () => {
    counted = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' }, ports: { hasher } });
    await counted.register(ada);
    // The mails of all these registrations are sent before statements are counted.
    await Promise.all([app, counted].map(({ auth }) => auth.settle()));
  });
  afterAll(() => counted.close());

  it.each(everyText)('IN-2: is refused without a hash: %s(%s)', async (field, name, operation) => {
    // A valid token, so that the new password is checked as well.
    const live = field === 'resetPassword' && { token: await counted.resetToken(ada.email) };
    const before = hasher.work;
    const statements = await statementsDuring(async () => {
      for (const [what, value] of Object.entries(SLOW)) {
        const variables = { ...valuesOf(operation, textOf), ...live, [name]: value };
        const response = await post(counted.url, operation.query, { variables });

        expect([what, response.status]).toEqual([what, 200]);
        expect(EXPECTED).toContain(codeOf(response));
      }
    });

    expect(hasher.work).toBe(before);
    // Checking the password of a reset needs a token lookup, and the mail worker polls the outbox.
    const queries = statements.filter(sql => !/outbox/.test(sql));
    expect(live && name !== 'token' ? [] : queries).toEqual([]);
  });
});
