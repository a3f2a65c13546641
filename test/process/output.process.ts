import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type TestApp } from '../support/app.ts';
import { startCommand } from '../support/commands.ts';

/** Their lines are several times what a pipe and its reader's buffer hold, 64 KB each. */
const USERS = 1000;

describe('a command', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    const id = (user: number) => `'01900000-0000-7000-8000-${String(user).padStart(12, '0')}'`;
    const row = (user: number) =>
      `(${id(user)}, 'user${user}@example.org', 'user${user}@example.org', '${'x'.repeat(200)}', 0)`;
    const rows = Array.from({ length: USERS }, (_, user) => row(user));
    await app.rows(`insert into users (id, email, canonical_email, name, created_at) values ${rows.join(', ')}`);
  });
  afterAll(() => app.close());

  it('ends when a slow reader has all of its output', async () => {
    const words = ['user', 'list', '--json', '--limit', String(USERS - 1)];
    const child = startCommand(words, { DATABASE_URL: app.database.url });
    const exit = once(child, 'close');
    // The note about more users comes before the list.
    await once(child.stderr, 'data');
    await sleep(500);
    const lines = (await text(child.stdout)).trimEnd().split('\n');

    expect([lines.length, await exit]).toEqual([USERS - 1, [0, null]]);
  });
});
