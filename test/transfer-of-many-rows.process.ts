import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ada, bob, startApp } from './support/app.ts';
import { runCommand, runProcess, startCommand } from './support/commands.ts';
import { Databases } from './support/databases/new-database.ts';
import type { TestDatabase } from './support/databases/test-database.ts';
import { exportOf, forgeExport, importInto, manySessions, parseExport } from './support/exports.ts';
import { Folder } from './support/folder.ts';

/** A copy of so many rows takes 30 MB, the program 20 MB, and the heap has 40 MB. */
const MANY = 20_000;
const HEAP = '--max-old-space-size=40';

describe('bienvenue export and import, with many rows', () => {
  const databases = new Databases();
  let folder: Folder;
  let source: TestDatabase;
  let few: string;
  let many: string;
  beforeAll(async () => {
    const app = await startApp({ database: await databases.add() });
    await app.register(ada);
    await app.close();
    few = await exportOf(app.database);
    many = forgeExport(parseExport(few).header, manySessions(few, MANY));
    source = await databases.add();
    const env = { DATABASE_URL: source.url, NODE_OPTIONS: HEAP };
    expect(await runProcess(['import'], env, undefined, many)).toMatchObject({ code: 0, stderr: '' });
  });
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());
  afterAll(() => databases.drop());

  it('use no more memory than with few rows', async () => {
    const file = join(folder.path, 'many');
    const env = { DATABASE_URL: source.url, NODE_OPTIONS: HEAP };

    expect(await runProcess(['export', file], env)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(file, 'utf8') === many).toBe(true);
  });

  it('export a snapshot of the moment they began, while the service continues', async () => {
    const child = startCommand(['export'], { DATABASE_URL: source.url });
    const chunks: Buffer[] = [];
    let begun = false;
    for await (const chunk of child.stdout) {
      chunks.push(chunk);
      if (begun || !Buffer.concat(chunks).includes('\n["')) continue;
      begun = true;
      // The pipe is full long before the end, so the export has not read every row yet.
      const app = await startApp({ database: source });
      await app.register(bob);
      await app.close();
    }

    // Not toBe, which would print both.
    expect(Buffer.concat(chunks).toString() === many).toBe(true);
    expect(await source.rows('select count(*) as found from users')).toEqual([{ found: 2 }]);
  });

  it('leave a database that the next import refuses, when they are killed', async () => {
    const target = await databases.add();
    await runCommand(['migrate'], { DATABASE_URL: target.url });
    await target.hangOn('insert', 'sessions', `new.last_used_at = ${MANY / 2}`);
    const child = startCommand(['import', folder.write('many', many)], { DATABASE_URL: target.url });
    while ((await target.rows('select id from sessions limit 1')).length === 0) expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await once(child, 'close');

    expect(await importInto(target, few)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /users is not empty, .* If an import was killed, drop the database that it left\.\n$/,
      ),
    });
  });
});
