import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { ada, startApp } from './support/app.ts';
import { runCommand, runProcess } from './support/commands.ts';
import { newDatabase } from './support/databases/new-database.ts';
import type { TestDatabase } from './support/databases/test-database.ts';
import { changesIn, migrationsOfEngine } from './support/migrations.ts';

const NAMES = migrationsOfEngine.map(({ name }) => name);
const lines = (verb: string, names = NAMES) => names.map(name => `${verb}: ${name}\n`).join('');

describe('bienvenue migrate', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await newDatabase();
  });
  afterEach(() => database.drop());
  const bienvenue = (command: string, env = {}) =>
    runCommand(command.split(' '), { DATABASE_URL: database.url, PORT: '0', ...env });
  const migrated = async () => (await startApp({ database })).close();
  const printed = (stdout: string) => ({ code: 0, stdout, stderr: '' });

  it('creates the tables of a new database', async () => {
    expect(await bienvenue('migrate status')).toEqual(printed(NAMES.map(name => `${name}  pending\n`).join('')));
    expect(await bienvenue('migrate')).toEqual(printed(lines('applied')));
  });

  it('OP-2: keeps the data of a populated database, reverts every migration, and applies them again', async () => {
    const app = await startApp({ database });
    await app.register(ada);
    await app.resetToken(ada.email);
    await app.close();
    const rows = await database.dump();

    const [up, status] = await Promise.all([bienvenue('migrate up'), bienvenue('migrate status')]);
    expect(up).toEqual(printed('there was nothing to do\n'));
    expect(status.stdout).toMatch(/^(Migration\w+ {2}\d{4}-\d\d-\d\dT[\d:.]+Z\n)+$/);
    expect(await database.dump()).toEqual(rows);
    expect(rows).toContain(ada.email);

    for (const name of NAMES.toReversed())
      expect(await bienvenue('migrate down --yes')).toEqual(printed(lines('reverted', [name])));
    expect(await bienvenue('migrate up')).toEqual(printed(lines('applied')));

    expect(await database.rows('select * from users')).toEqual([]);
    await migrated();
  });

  it('OP-2: does not revert anything without confirmation', async () => {
    await migrated();
    const { code, stdout, stderr } = await bienvenue('migrate down');

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^bienvenue: migrate down deletes .*accounts included.*migrate down --yes\n$/);
    expect(await database.rows('select * from users')).toEqual([]);
  });

  it('OP-2: does not revert anything while the service runs, except on MySQL, where this cannot be detected', async () => {
    const isDetected = !database.url.startsWith('mysql');
    const app = await startApp({ database });
    const refused = await bienvenue('migrate down --yes');
    await app.close();

    expect(refused.code).toBe(isDetected ? 1 : 0);
    expect(refused.stderr).toMatch(
      isDetected ? /^bienvenue: migrate down: the service is using the database; stop / : /^$/,
    );
    const applied = await database.rows('select name from bienvenue_migrations');
    expect(applied).toHaveLength(NAMES.length - (isDetected ? 0 : 1));
  });

  it('must be run before the start with BIENVENUE_MIGRATE=manual', async () => {
    const refused = await runProcess(['serve'], { DATABASE_URL: database.url, PORT: '0', BIENVENUE_MIGRATE: 'manual' });
    await migrated();
    const app = await startApp({ database, env: { BIENVENUE_MIGRATE: 'manual' } });
    await app.close();

    expect(refused.code).toBe(1);
    expect(refused.stderr).toBe(
      `bienvenue: BIENVENUE_MIGRATE: set to manual, and migrations are pending (${NAMES.join(', ')}); run: bienvenue migrate up\n`,
    );
    expect(app.lines.filter(line => line.includes('migrated'))).toEqual([]);
  });

  it("agrees with MikroORM's own command line about tables, entities and executed migrations", async () => {
    await migrated();

    const [list, update] = await Promise.all(['migration:list', 'schema:update --dump'].map(mikroOrm));

    for (const name of NAMES) expect(list).toContain(name);
    expect(changesIn(String(update))).toEqual([]);
  });

  async function mikroOrm(command: string): Promise<string> {
    const env = { PATH: process.env.PATH, DATABASE_URL: database.url } as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, ['node_modules/@mikro-orm/cli/cli.js', ...command.split(' ')], { env });
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    if (code !== 0) throw new Error(`mikro-orm ${command} ended with ${code}: ${stdout}`);
    return stdout;
  }
});
