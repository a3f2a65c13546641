import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../src/options/environment.ts';
import { runProcess } from '../support/commands.ts';
import { Folder } from '../support/folder.ts';
import { PUBLIC, SECRET } from '../support/settings.ts';

describe('the command and its settings', () => {
  const folders: Folder[] = [];
  afterAll(() => {
    for (const folder of folders) folder.remove();
  });
  const newFolder = () => {
    const folder = new Folder();
    folders.push(folder);
    return folder;
  };

  it.each<[string, Environment, string[]]>([
    ['a short secret', { BIENVENUE_PASSWORD_PEPPER: 'k1:canary' }, ['BIENVENUE_PASSWORD_PEPPER']],
    ['a public dev mailbox', { HOST: '0.0.0.0' }, ['SMTP_URL']],
    ['public reset tokens', { ...PUBLIC, BIENVENUE_EXPOSE_RESET_TOKEN: 'on' }, ['BIENVENUE_EXPOSE_RESET_TOKEN']],
    [
      'several issues at once',
      { PORT: 'canary', DATABASE_URL: 'oracle://canary', BIENVENUE_ALLOWED_ORIGINS: '*', BIENVENUE_MORE: 'canary' },
      ['PORT', 'DATABASE_URL', 'BIENVENUE_ALLOWED_ORIGINS', 'BIENVENUE_MORE'],
    ],
  ])('OP-1, OP-6: %s: no start, and one line per issue', async (_, env, names) => {
    const folder = newFolder();
    const { code, stdout, stderr } = await run(folder, 'serve', { BIENVENUE_PASSWORD_PEPPER: `k1:${SECRET}`, ...env });

    expect(code).toBe(1);
    expect(stdout).toBe('');
    const [opening, ...issues] = stderr.trimEnd().split('\n');
    expect(opening).toBe('bienvenue: the settings were refused:');
    expect(issues.map(issue => issue.split(': ')[0])).toEqual(names);
    for (const secret of ['canary', SECRET, PUBLIC.SMTP_URL]) expect(stderr).not.toContain(secret);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('are read from .env in the working directory', async () => {
    const folder = newFolder();
    folder.write('.env', '# where the data is\nDATABASE_URL="sqlite:from-dot-env.sqlite"\n');

    expect(await run(folder, 'migrate up')).toMatchObject({ code: 0 });
    expect(existsSync(join(folder.path, 'from-dot-env.sqlite'))).toBe(true);
  });

  it('in the environment override those in .env', async () => {
    const folder = newFolder();
    folder.write('.env', 'DATABASE_URL=sqlite:from-dot-env.sqlite\n');

    expect(await run(folder, 'migrate up', { DATABASE_URL: 'sqlite:from-environment.sqlite' })).toMatchObject({
      code: 0,
    });
    expect(existsSync(join(folder.path, 'from-environment.sqlite'))).toBe(true);
    expect(existsSync(join(folder.path, 'from-dot-env.sqlite'))).toBe(false);
  });

  it('OP-1: from .env are checked as well, before any command, and not printed', async () => {
    const folder = newFolder();
    folder.write('pepper', 'k1:canary');
    folder.write('.env', 'BIENVENUE_PASSWORD_PEPPER_FILE=pepper\nBIENVENUE_MORE=canary\n');
    const { code, stderr } = await run(folder, 'migrate status');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^BIENVENUE_PASSWORD_PEPPER: each secret needs 32 bytes or more/m);
    expect(stderr).toMatch(/^BIENVENUE_MORE: there is no such setting/m);
    expect(stderr).not.toContain('canary');
  });

  it('OP-1: an invalid database file is reported with its setting', async () => {
    const folder = newFolder();
    folder.write('canary.txt', 'no database at all, but long enough to be looked at as one\n'.repeat(20));
    const { code, stderr } = await run(folder, 'serve', { PORT: '0', DATABASE_URL: 'sqlite:canary.txt' });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^bienvenue: DATABASE_URL: .*\n$/);
  });
});

const run = (folder: Folder, words: string, env?: Environment) => runProcess(words.split(' '), env, folder.path);
