import { readdirSync, readFileSync } from 'node:fs';
import { OPTIONS } from '../src/options.ts';
import { runCommand, runProcess } from './support/commands.ts';
import { Folder } from './support/folder.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

describe('the command line', () => {
  const folder = new Folder();
  afterAll(() => folder.remove());
  const run = (...args: string[]) => runProcess(args, { PORT: '0' }, folder.path);

  it('lists every command and every setting with --help', async () => {
    const { code, stdout, stderr } = await run('--help');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of [
      'serve',
      'migrate',
      'migrate down',
      'migrate status',
      'export',
      'import',
      'doctor',
      'user list',
      'sessions revoke',
    ]) {
      expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'));
    }
    expect(stdout).toMatch(/settings come from the environment, and from \.env/i);
    for (const { env } of Object.values(OPTIONS)) expect(stdout).toMatch(new RegExp(`^ +${env} \\(`, 'm'));
  });

  it('prints the help of a command with -h instead of running it', async () => {
    for (const words of [
      ['migrate', 'up', '-h'],
      ['user', 'create', '-h'],
    ])
      expect((await run(...words)).stdout).toMatch(/^Bienvenue .*\n\nUsage: bienvenue COMMAND/);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('prints the version of the package with --version, and nothing else', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('loads neither GraphQL nor a server for a command that only uses the database', async () => {
    const own = new Folder();
    const hooks = own.write(
      'hooks.mjs',
      `import { registerHooks } from 'node:module';
       registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`,
    );
    const env = { NODE_OPTIONS: `--import ${hooks}`, DATABASE_URL: `sqlite:${own.path}/empty.sqlite` };
    const { code, stderr } = await runProcess(['user', 'list'], env, own.path);
    own.remove();

    expect(code).toBe(1);
    expect(stderr).toContain('/src/features/admin/admin.service.js\n');
    expect(stderr).not.toMatch(/\/node_modules\/(type-)?graphql\/|@apollo|\/src\/(graphql|http|server\/serve)\b/);
  });
});

describe('a command line', () => {
  it.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['frobnicate'], 'there is no command "frobnicate"'],
    ['a name that every object has', ['toString'], 'there is no command "toString"'],
    ['an unknown flag', ['serve', '--frobnicate'], "Unknown option '--frobnicate'"],
    ['arguments that serve does not know', ['serve', 'me'], 'serve takes no arguments'],
    ['a direction that every object has', ['migrate', 'toString'], 'migrate takes one of up, down, status'],
    ['two files to write', ['export', 'one', 'two'], 'export takes one FILE, or none'],
    ['two files to read', ['import', 'one', 'two'], 'import takes one FILE, or none'],
    ['a confirmation of nothing', ['serve', '--yes'], 'serve does not take --yes'],
    ['an unknown action', ['user', 'frobnicate'], 'user takes one of list, show, create,'],
    ['no action', ['sessions'], 'sessions takes one of revoke'],
    ['an unknown option of an action', ['user', 'list', '--frobnicate'], "Unknown option '--frobnicate'"],
    ['an option without its value', ['user', 'list', '--search'], "Option '--search <value>' argument missing"],
    ['a user that is missing', ['user', 'show'], 'usage: bienvenue user show [--json] USER'],
    ['two users', ['sessions', 'revoke', 'a', 'b'], 'usage: bienvenue sessions revoke [--json] USER'],
    ['a limit that is no number', ['user', 'list', '--limit', 'x'], '--limit takes a number from 1 to 1000'],
    ['two directions', ['migrate', 'up', 'down'], 'migrate takes one of up, down, status'],
  ])('with %s is refused with exit code 2 and a hint at --help', async (_, args, sentence) => {
    const { code, stdout, stderr } = await runCommand(args, { PORT: '0' });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`bienvenue: ${sentence}`);
    expect(stderr).toMatch(/\nbienvenue --help lists the commands\.\n$/);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
