import { readFileSync } from 'node:fs';
import { idOf } from './support/admins.ts';
import { type Browser, RESET_PASSWORD, startApp, type TestApp, tokenIn } from './support/app.ts';

const page = readFileSync('docs/administration.md', 'utf8');
const snippets = (language: string) =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, name]) => name === language).map(([, , code = '']) => code);

const password = 'correct horse battery staple';
const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

describe('docs/administration.md', () => {
  let app: TestApp;
  let admin: Browser;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT' } });
    const [code = ''] = snippets('js');
    await AsyncFunction('auth', code)(app.auth);
    const token = tokenIn((await app.mails())[0]);
    await app.browser().send(RESET_PASSWORD, { token, newPassword: password });
    admin = await app.login({ email: 'ada@example.org', password });
  });
  afterAll(() => app.close());

  it('has snippets that work one after the other', async () => {
    const user = await app.register({ email: 'grace@example.org', password });
    const id = await idOf(user);

    expect(snippets('graphql').length).toBeGreaterThan(5);
    for (const snippet of snippets('graphql')) {
      const { data, errors } = await admin.send(snippet, { id });
      expect([snippet, errors]).toEqual([snippet, undefined]);
      expect(Object.values(data)).not.toContain(null);
    }
    expect(await app.rows("select email from users where email = 'grace@example.org'")).toEqual([]);
  });

  it('names every field of administrators', () => {
    const types = [app.auth.schema.getQueryType(), app.auth.schema.getMutationType()];
    const fields = types.flatMap(type => Object.keys(type?.getFields() ?? {})).filter(name => name.startsWith('admin'));

    expect(fields.filter(name => !page.includes(name))).toEqual([]);
  });
});
