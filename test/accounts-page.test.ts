import { readFileSync } from 'node:fs';
import { startApp, type TestApp } from './support/app.ts';

const snippets = [...readFileSync('docs/accounts.md', 'utf8').matchAll(/^```graphql\n(.*?)^```$/gms)].map(
  ([, snippet = '']) => snippet,
);

describe('docs/accounts.md', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('has snippets that work one after the other', async () => {
    const browser = await app.register({ email: 'grace@example.org', password: 'correct horse battery staple' });

    expect(snippets.length).toBeGreaterThan(0);
    for (const snippet of snippets) {
      app.clock.advance({ minutes: 1 });
      expect([snippet, (await browser.send(snippet)).errors]).toEqual([snippet, undefined]);
    }
    expect(await app.rows('select * from users')).toEqual([]);
  });
});
