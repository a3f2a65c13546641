import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ada, startApp, type TestApp } from '../support/app.ts';
import { Example } from '../support/example.ts';

describe('the example of a script', () => {
  let app: TestApp;
  let example: Example;
  beforeEach(async () => {
    app = await startApp();
    await app.register(ada);
    example = new Example('script');
  });
  afterEach(async () => {
    await example.close();
    await app.close();
  });

  const run = (env: Record<string, string>) => example.run(['script.mjs'], { AUTH_URL: `${app.url}/graphql`, ...env });

  it('signs in, and the next time uses the token in a file that only its owner can read', async () => {
    const first = await run({ EMAIL: ada.email, PASSWORD: ada.password });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(ada.email);
    expect(first.stdout).toMatch(/current/);
    expect(statSync(join(example.path, '.session')).mode & 0o777).toBe(0o600);

    const second = await run({});
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain(ada.email);
  });

  it('says what went wrong, and forgets a token that is no longer valid', async () => {
    const refused = await run({ EMAIL: ada.email, PASSWORD: 'not the password' });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/wrong/);

    await run({ EMAIL: ada.email, PASSWORD: ada.password });
    const token = readFileSync(join(example.path, '.session'), 'utf8');
    app.clock.advance({ days: 31 });
    await run({ EMAIL: ada.email, PASSWORD: ada.password });
    expect(readFileSync(join(example.path, '.session'), 'utf8')).not.toBe(token);
  });
});
