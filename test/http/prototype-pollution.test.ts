import { ada, bob, LOGIN, PROFILE, REGISTER, startApp, type TestApp } from '../support/app.ts';
import { type RawRequest, request } from '../support/raw.ts';

const POLLUTION = '{"polluted":"yes","email":"eve@example.org","isAdmin":true}';
/** Spellings of keys that name Object.prototype. */
const KEYS = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__'];
const NESTED = [
  `{"__proto__":${POLLUTION}}`,
  `{"constructor":{"prototype":${POLLUTION}}}`,
  `{"__proto__":{"__proto__":${POLLUTION}}}`,
  `{"a":{"__proto__":${POLLUTION}},"b":[{"__proto__":${POLLUTION}}]}`,
  `[{"__proto__":${POLLUTION}}]`,
];
const PLACES = [
  '__proto__[polluted]=yes',
  '__proto__.polluted=yes',
  'constructor[prototype][polluted]=yes',
  'constructor.prototype.polluted=yes',
  '__proto__=yes&__proto__[toString]=yes',
  'email[__proto__][polluted]=yes',
];

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const query = JSON.stringify(PROFILE);
const login = JSON.stringify(LOGIN);

const graphql = (body: string): RawRequest => ({ method: 'POST', path: '/graphql', headers: JSON_TYPE, body });
const route = (method: string, path: string, body: string, headers = JSON_TYPE): RawRequest => ({
  method,
  path,
  headers,
  body,
});

const PAYLOADS: RawRequest[] = [
  ...KEYS.map(key => graphql(`{"query":${query},"${key}":${POLLUTION}}`)),
  ...NESTED.map(value => graphql(`{"query":${query},"variables":${value}}`)),
  ...NESTED.map(value => graphql(`{"query":${query},"extensions":${value}}`)),
  ...KEYS.map(key => graphql(`{"query":${login},"variables":{"email":"x","password":"y","${key}":${POLLUTION}}}`)),
  ...NESTED.map(value => graphql(`{"query":${login},"variables":{"email":${value},"password":${value}}}`)),
  graphql(`{"query":"query __proto__ { __proto__: profile { constructor: id } }","operationName":"__proto__"}`),
  graphql(`{"query":"query($__proto__: String) { profile { id } }","variables":{"__proto__":"yes"}}`),
  graphql(`{"query":"{ profile { ...__proto__ } } fragment __proto__ on User { id }"}`),
  ...KEYS.map(key => route('POST', '/users', `{"${key}":${POLLUTION},"email":"x","password":"y"}`)),
  ...NESTED.map(value => route('POST', '/sessions', value)),
  ...PLACES.map(body => route('POST', '/users', body, FORM_TYPE)),
  ...PLACES.map(body => route('PUT', '/reset_password', `${body}&email=x&reset_token=y&new_password=z`, FORM_TYPE)),
  ...PLACES.map(search => ({ path: `/profile?${search}` })),
  ...PLACES.map(search => ({ path: `/graphql?query={profile{id}}&variables={"__proto__":${POLLUTION}}&${search}` })),
  ...KEYS.slice(0, 3).map(key => ({ path: '/profile', headers: { cookie: `${key}=yes; session_id=__proto__` } })),
  ...KEYS.slice(0, 3).map(key => ({ path: '/profile', headers: { [key]: 'yes', authorization: `Bearer ${key}` } })),
  ...KEYS.map(key => ({ path: `/${key}` })),
];

/** A snapshot of the built-in prototypes. */
const prototypes = () =>
  [Object, Array, Function, String, Number, Boolean, Date, Map, Promise, Error].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map(key => [key, Object.getOwnPropertyDescriptor(prototype, key)]),
  );

describe('a key that names Object.prototype', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register(ada);
  });
  afterAll(() => app.close());

  it('IN-3: changes no prototype, wherever it occurs', async () => {
    const before = prototypes();
    const rows = await app.rows('select * from users');

    for (const payload of PAYLOADS) {
      const { status, text } = await request(app.url, payload);

      expect([payload, status < 500]).toEqual([payload, true]);
      expect(text).not.toContain('polluted');
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    }
    expect(PAYLOADS.length).toBeGreaterThan(60);
    expect(prototypes()).toEqual(before);
    expect(await app.rows('select * from users')).toEqual(rows);
  });

  it('IN-3: leaves the service working', async () => {
    expect((await (await app.login(ada)).send(PROFILE)).data.profile.email).toBe(ada.email);
    expect((await app.browser().send(REGISTER, { ...bob })).data.register.user.email).toBe(bob.email);
    expect((await app.browser().send(PROFILE)).data.profile).toBeNull();
  });
});
