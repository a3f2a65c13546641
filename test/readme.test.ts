import { readFileSync } from 'node:fs';
import { PROFILE, startApp, type TestApp } from './support/app.ts';

const readme = readFileSync('README.md', 'utf8');

/** The code blocks of the README in this language, in order. */
const blocks = (language: string) =>
  [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code = '']) => code);

describe('the README', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('has a first query that registers and signs in', async () => {
    const [query = ''] = blocks('graphql');
    const browser = app.browser();

    const { data, errors } = await browser.send(query);

    expect(errors).toBeUndefined();
    expect(data.register.user.email).toBe('grace@example.org');
    expect((await browser.send(PROFILE)).data.profile).toMatchObject(data.register.user);
  });
});
