import { type GraphQLArgument, getNamedType, getNullableType, isEnumType, isListType, isNonNullType } from 'graphql';
import { ada, LOGIN, startApp, type TestApp } from '../support/app.ts';
import { EVERY_OPERATION, type Operation, rightText, valuesOf } from '../support/every-operation.ts';
import { CANARY, NOT_TEXT, OPERATORS } from '../support/hostile-values.ts';
import { post, request } from '../support/raw.ts';

const NOT_BOOLEAN = ['true', 'false', 0, 1, CANARY, '', ...OPERATORS];
const NOT_IN_ENUM = ['cookie', 'COOKI', CANARY, '', 0, true, ...OPERATORS];

/** GraphQL accepts whole numbers as an ID. */
const WRONG_SCALARS: Record<string, unknown[]> = {
  Boolean: NOT_BOOLEAN,
  ID: NOT_TEXT.filter(value => !Number.isInteger(value)),
  Int: ['1', 1.5, 2 ** 31, true, ...OPERATORS],
};

function wrongValues({ type }: GraphQLArgument): unknown[] {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return [null, ...NOT_TEXT.filter(value => !isListOfText(value))];
  const wrong = isEnumType(named) ? NOT_IN_ENUM : (WRONG_SCALARS[named.name] ?? NOT_TEXT);
  return isNonNullType(type) ? [null, ...wrong] : wrong;
}

const isListOfText = (value: unknown) => Array.isArray(value) && value.every(each => typeof each === 'string');

const everyArgument = EVERY_OPERATION.flatMap(operation =>
  operation.args.map(argument => [operation.field, argument.name, operation, argument] as const),
);
let app: TestApp;
let before: unknown[];
beforeAll(async () => {
  app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  await app.register(ada);
  before = await app.dump();
});
afterAll(() => app.close());

describe('an argument of the wrong type', () => {
  const send = (operation: Operation, changed: object) =>
    post(app.url, operation.query, { variables: { ...valuesOf(operation, rightText), ...changed } });

  it.each(everyArgument)(
    'GQ-7, IN-1: is refused before execution: %s(%s)',
    async (_field, name, operation, argument) => {
      for (const value of wrongValues(argument)) {
        const { status, json, headers, text } = await send(operation, { [name]: value });

        expect([value, status]).toEqual([value, 400]);
        expect(json.errors).toEqual([
          expect.objectContaining({
            message: expect.stringContaining(value === null ? 'must not be null' : 'its type does not allow'),
            extensions: { code: 'BAD_USER_INPUT', requestId: headers['x-request-id'] },
          }),
        ]);
        expect(text).not.toContain(CANARY);
        expect(headers['set-cookie']).toBeUndefined();
      }
      expect(await app.dump()).toEqual(before);
    },
  );

  it.each(everyArgument.filter(([, , , { type, defaultValue }]) => isNonNullType(type) && defaultValue === undefined))(
    'GQ-7: is refused when it is missing: %s(%s)',
    async (_field, name, operation) => {
      const { status, json } = await send(operation, { [name]: undefined });

      expect(status).toBe(400);
      expect(json.errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    },
  );

  it('GQ-7: is a client error for null where the argument has a default', async () => {
    app.lines.length = 0;
    const query = `mutation($password: String = "x") { login(email: "${ada.email}", password: $password) { __typename } }`;
    const { json } = await post(app.url, query, { variables: { password: null } });

    expect(json.errors[0].extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
    expect(app.lines.filter(line => line.includes('"level":"error"'))).toEqual([]);
  });

  it('GQ-7: has no effect in a variable that the document does not declare', async () => {
    const login = EVERY_OPERATION.find(({ field }) => field === 'login') as Operation;
    const { json } = await send(login, { userId: { $ne: null }, isAdmin: true, __proto__: { email: 'x' } });

    expect(json.data.login.__typename).toBe('SignedIn');
  });
});

describe('a string that looks like an operator', () => {
  it.each([
    '{"$ne":null}',
    '$ne',
    "' or 1=1 --",
    '__proto__',
    'constructor',
    '[object Object]',
    'null',
    'undefined',
    '%',
    '*',
  ])('IN-1: is treated as a string in an address, a password, a cookie and a bearer token: %s', async text => {
    const asEmail = await post(app.url, LOGIN, { variables: { email: text, password: ada.password } });
    const asPassword = await post(app.url, LOGIN, { variables: { email: `x${ada.email}`, password: text } });
    const asCookie = await request(app.url, { path: '/profile', headers: { cookie: `session_id=${text}` } });
    const asBearer = await request(app.url, { path: '/profile', headers: { authorization: `Bearer ${text}` } });

    expect(asEmail.json.errors[0].extensions.code).toBe('INVALID_CREDENTIALS');
    expect(asPassword.json.errors[0].extensions.code).toBe('INVALID_CREDENTIALS');
    expect([asCookie.status, asBearer.status]).toEqual([403, 403]);
  });
});
