import { ada, startApp, type TestApp } from '../support/app.ts';
import { EVERY_ROUTE, rightText } from '../support/every-operation.ts';
import { request } from '../support/raw.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const fields = EVERY_ROUTE.flatMap(({ method, path, fields }) =>
  fields.map(name => [method, path, name, fields] as const),
);

describe('a form', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register({ ...ada, password: 'café au lait 100%' });
  });
  afterAll(() => app.close());

  const login = (password: string) =>
    request(app.url, {
      method: 'POST',
      path: '/sessions',
      headers: FORM,
      body: `email=ada%40example.org&password=${password}`,
    });

  it.each(fields)('PW-4: is refused for %s %s when %s is not UTF-8 after decoding', async (method, path, name, all) => {
    for (const bytes of ['caf%E9+au+lait', '%FF', '%C3', '%ED%A0%80', '%C0%AF']) {
      const body = all
        .map(field => `${field}=${field === name ? bytes : encodeURIComponent(rightText(field))}`)
        .join('&');
      const { status, json } = await request(app.url, { method, path, headers: FORM, body });

      expect([bytes, status, json]).toEqual([bytes, 400, { message: `${name} is not UTF-8` }]);
    }
  });

  it.each(['caf%C3%A9+au+lait+100%25', 'caf%c3%a9%20au%20lait%20100%', 'café+au+lait+100%'])(
    'PW-4: yields the same password in each encoding: %s',
    async password => {
      expect((await login(password)).status).toBe(200);
    },
  );

  it.each(['caf%C3%AA+au+lait+100%25', 'caf%EF%BF%BD+au+lait+100%25', 'cafe+au+lait+100%25'])(
    'PW-4: does not sign in with another password: %s',
    async password => {
      expect((await login(password)).status).toBe(401);
    },
  );
});
