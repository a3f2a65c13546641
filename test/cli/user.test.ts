import { readFileSync } from 'node:fs';
import type { GraphQLObjectType } from 'graphql';
import { systemClock } from '../../src/core/clock.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import {
  ada,
  bob,
  LOGIN,
  type Person,
  PROFILE,
  RESET_PASSWORD,
  SESSION,
  startApp,
  type TestApp,
} from '../support/app.ts';
import type { Browser } from '../support/browser.ts';
import { runCommand } from '../support/commands.ts';
import { cleanDatabase, newDatabase } from '../support/databases/new-database.ts';
import type { TestDatabase } from '../support/databases/test-database.ts';
import { operation, REGISTER } from '../support/operations.ts';

const ADMIN_USER = operation('AdminUser');
const newPassword = 'another zebra capacitor';
const LINK = /^http:\/\/localhost:\d+\/reset-password\?token=([\w-]+)\n$/;
const UNKNOWN = '01999999-0000-7000-8000-000000000000';

const schema = await buildSchema();
let database: TestDatabase;
const takeDatabase = async () => {
  database = await newDatabase();
};
const dropDatabase = () => database.drop();

const environment = () => ({ DATABASE_URL: database.url, BIENVENUE_ROLES: 'SUPPORT' });
const run = (...words: string[]) => runCommand(words, environment());

/** The output of a command that succeeds. */
async function output(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...words);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

const json = async (...words: string[]) => JSON.parse(await output(...words, '--json'));
const tokenIn = (link: string) => LINK.exec(link)?.[1];

describe('bienvenue user create', () => {
  beforeEach(takeDatabase);
  afterEach(dropDatabase);

  it('AZ-4: makes the first administrator in a new database, without a mail server and before the first start', async () => {
    const words = ['user', 'create', '--role', 'ADMIN', '--name', 'Ada', ada.email];
    const { code, stdout, stderr } = await run(...words);

    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(LINK) });
    expect(stderr).toMatch(/^This link sets the password of "ada@example\.org"\. .* 30 minutes/);
    expect(await database.rows('select kind from outbox')).toEqual([{ kind: 'account-created' }]);
    const app = await startApp({ database, ports: { clock: systemClock } });
    const browser = app.browser();
    await browser.send(RESET_PASSWORD, { token: tokenIn(stdout), newPassword });
    const { data } = await browser.send(LOGIN, { email: ada.email, password: newPassword });
    const { id } = data.login.user;
    expect((await browser.send(ADMIN_USER, { id })).data.adminUser).toMatchObject({ name: 'Ada', roles: ['ADMIN'] });
    await app.close();
  });
});

describe('the commands on accounts, beside a running service', () => {
  let app: TestApp;
  let ids: { ada: string; bob: string };
  let browsers: { ada: Browser; bob: Browser };
  beforeEach(async () => {
    database = await cleanDatabase();
    // The commands go by the system's clock.
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT' }, ports: { clock: systemClock }, database });
    browsers = { ada: await register(ada), bob: await register(bob) };
    ids = { ada: await idOf(browsers.ada), bob: await idOf(browsers.bob) };
    await app.auth.work(({ admin }) => admin.setRoles(ids.ada, ['ADMIN']));
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  async function register(person: Person): Promise<Browser> {
    const browser = app.browser();
    await browser.send(REGISTER, { ...person });
    return browser;
  }
  const idOf = async (browser: Browser) => (await browser.send(PROFILE)).data.profile.id;
  const rolesOf = async (browser: Browser) => (await browser.send(PROFILE)).data.profile.roles;
  const isSignedIn = async (browser: Browser) => (await browser.send(SESSION)).data.session !== null;
  const login = ({ email, password }: Person) => app.browser().send(LOGIN, { email, password });

  it('list users, newest first, in columns or as a line of JSON for each', async () => {
    await output('user', 'disable', bob.email);
    const [heading, ...rows] = (await output('user', 'list')).split('\n');

    expect(heading).toMatch(/^ID {36}E-MAIL ADDRESS +ROLES +STATE +CREATED +SIGNED IN +NAME$/);
    const column = (text: string) => [heading, ...rows.slice(0, 2)].map(line => line?.slice(heading?.indexOf(text)));
    expect(column('STATE').map(cell => cell?.split(' ')[0])).toEqual(['STATE', 'disabled', 'enabled']);
    expect(column('NAME')).toEqual(['NAME', 'Bob', 'Ada']);
    expect(rows.map(row => row.slice(0, 36))).toEqual([ids.bob, ids.ada, '']);
    for (const [options, emails] of [
      [[], [bob.email, ada.email]],
      [['--search', 'AD'], [ada.email]],
      [['--role', 'ADMIN'], [ada.email]],
      [['--disabled'], [bob.email]],
      [['--search', 'nobody'], []],
    ]) {
      const lines = (await output('user', 'list', '--json', ...(options as string[]))).split('\n').slice(0, -1);
      expect(lines.map(line => JSON.parse(line).email)).toEqual(emails);
    }
  });

  it('list the next users after a cursor', async () => {
    const first = await run('user', 'list', '--limit', '1', '--json');
    const [, cursor = ''] = /^There are more users: repeat the command with --after (\S+)\n$/.exec(first.stderr) ?? [];
    const second = await run('user', 'list', '--limit', '1', '--json', '--after', cursor);

    expect([first, second].map(({ stdout }) => JSON.parse(stdout).email)).toEqual([bob.email, ada.email]);
    expect(second.stderr).toBe('');
    expect(await run('user', 'list', '--after', 'x')).toMatchObject({
      code: 1,
      stderr: 'bienvenue: after: This is not a cursor of this list.\n',
    });
  });

  it('AZ-4: show a user with sessions and events, without a secret', async () => {
    const text = await output('user', 'show', 'BOB@example.org');
    const user = await json('user', 'show', ids.bob);

    expect(text).toMatch(/^id +\S{36}\ne-mail address +bob@example\.org \(not verified\)\nname +Bob\n/);
    expect(text).toMatch(/\nSESSION SINCE +LAST USED +ADDRESS +PROGRAM\n\d/);
    expect(text).toMatch(/\nTIME +EVENT +BY +ADDRESS\n\S+ +REGISTERED +USER +\S+\n$/);
    expect(user).toMatchObject({ id: ids.bob, roles: [], hasPassword: true, emailVerified: false });
    expect(user.sessions).toHaveLength(1);
    const fields = (name: string) => Object.keys((schema.getType(name) as GraphQLObjectType).getFields());
    expect(fields('AdminUser')).toEqual(expect.arrayContaining(Object.keys(user)));
    expect(fields('Session')).toEqual(expect.arrayContaining(Object.keys(user.sessions[0])));
    expect(fields('AccountEvent')).toEqual(expect.arrayContaining(Object.keys(user.events[0])));
  });

  it('disable a user at once, and enable the user again', async () => {
    const disabled = await output('user', 'disable', '--reason', 'left', bob.email);

    expect(disabled).toBe(`disabled: ${bob.email} (${ids.bob})\n`);
    expect([await isSignedIn(browsers.bob), (await login(bob)).code]).toEqual([false, 'INVALID_CREDENTIALS']);
    expect(await output('user', 'show', ids.bob)).toMatch(/\nstate +disabled since \S+Z: left\n/);
    expect(await run('user', 'reset-link', bob.email)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `bienvenue: "bob@example.org" is disabled; run first: bienvenue user enable ${ids.bob}\n`,
    });
    expect(await json('user', 'enable', ids.bob)).toMatchObject({ email: bob.email, disabledAt: null });
    expect((await login(bob)).code).toBeUndefined();
  });

  it('print roles and replace them, effective on the next request', async () => {
    expect(await output('user', 'roles', bob.email)).toBe('(none)\n');
    expect(await output('user', 'roles', bob.email, 'SUPPORT, ADMIN')).toBe('ADMIN,SUPPORT\n');
    expect(await rolesOf(browsers.bob)).toEqual(['ADMIN', 'SUPPORT']);
    expect(await output('user', 'roles', ids.bob, '')).toBe('(none)\n');
    expect(await rolesOf(browsers.bob)).toEqual([]);
  });

  it('print a link that sets a new password, once', async () => {
    const token = tokenIn(await output('user', 'reset-link', bob.email));

    const reset = () => app.browser().send(RESET_PASSWORD, { token, newPassword });
    expect((await reset()).data).toEqual({ resetPassword: true });
    expect((await reset()).code).toBe('TOKEN_INVALID');
    expect((await login({ ...bob, password: newPassword })).code).toBeUndefined();
    expect(await json('user', 'reset-link', ids.bob)).toMatchObject({
      user: { id: ids.bob },
      link: expect.any(String),
    });
  });

  it('delete a user, when confirmed', async () => {
    const unconfirmed = await run('user', 'delete', bob.email);
    expect(unconfirmed).toMatchObject({ code: 1, stdout: '' });
    expect(unconfirmed.stderr).toMatch(/for good\. To confirm, add --yes to the command\.\n$/);
    expect(await isSignedIn(browsers.bob)).toBe(true);

    expect(await json('user', 'delete', bob.email, '--yes')).toEqual({ deleted: ids.bob });
    expect(await isSignedIn(browsers.bob)).toBe(false);
    expect((await run('user', 'show', ids.bob)).stderr).toBe(`bienvenue: there is no user "${ids.bob}".\n`);
  });

  it('end all sessions of a user', async () => {
    await login(bob);

    expect(await output('sessions', 'revoke', bob.email)).toBe('revoked: 2 sessions\n');
    expect([await isSignedIn(browsers.bob), await isSignedIn(browsers.ada)]).toEqual([false, true]);
    expect(await json('sessions', 'revoke', ids.bob)).toEqual({ revoked: 0 });
  });

  it('LO-3: leave events whose actor is the service', async () => {
    for (const words of [
      ['user', 'disable'],
      ['user', 'enable'],
      ['user', 'reset-link'],
    ])
      await output(...words, bob.email);
    await output('user', 'roles', bob.email, 'SUPPORT');

    const events = await database.rows(
      "select type, actor, actor_id, ip_address from account_events where actor = 'SERVICE' and user_id = ? order by id",
      ids.bob,
    );
    const by = { actor: 'SERVICE', actor_id: null, ip_address: null };
    expect(events).toEqual(
      ['DISABLED', 'ENABLED', 'PASSWORD_RESET_REQUESTED', 'ROLES_CHANGED'].map(type => ({ type, ...by })),
    );
  });

  it('LO-2: print no control character of a name, and no bidirectional mark', async () => {
    const name = '\x1b]0;x\x07\x9b2J\u202eadA\u2028\nID';
    await database.rows('update users set name = ? where id = ?', name, ids.bob);

    const [list, shown, lines] = [
      await output('user', 'list'),
      await output('user', 'show', ids.bob),
      await output('user', 'list', '--json', '--limit', '1'),
    ];

    for (const text of [list, shown, lines])
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(list).toContain('\\u{1b}]0;x\\u{7}\\u{9b}2J\\u{202e}adA\\u{2028}\\u{a}ID\n');
    expect(lines.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(lines).name).toBe(name);
  });
});

describe('a command on accounts', () => {
  beforeAll(async () => {
    await takeDatabase();
    await output('user', 'create', '--role', 'ADMIN', ada.email);
    await output('user', 'create', bob.email);
  });
  afterAll(dropDatabase);

  it.each([
    ['an unknown address', ['user', 'show', 'x@example.org'], 'there is no user "x@example.org".'],
    ['an unknown id', ['user', 'disable', UNKNOWN], `there is no user "${UNKNOWN}".`],
    ['what is neither', ['sessions', 'revoke', '\x1b[2J'], 'there is no user "\\u001b[2J".'],
    [
      'a taken address',
      ['user', 'create', 'Bob@example.org'],
      'there is an account with the address "Bob@example.org"',
    ],
    ['no address', ['user', 'create', 'bob'], 'email: This is not an e-mail address.'],
    [
      'an unknown role',
      ['user', 'create', '--role', 'ROOT', 'x@example.org'],
      'roles: There are these roles: ADMIN, S',
    ],
    [
      'the last administrator, disabled',
      ['user', 'disable', ada.email],
      `${ada.email} is the last administrator; make`,
    ],
    [
      'the last administrator, demoted',
      ['user', 'roles', ada.email, ''],
      `${ada.email} is the last administrator; make`,
    ],
    ['the last administrator, deleted', ['user', 'delete', '--yes', ada.email], `${ada.email} is the last admin`],
  ])('refuses %s in one line, with exit code 1, and changes nothing', async (_, words, sentence) => {
    const before = await database.contents('users', 'user_roles', 'account_events', 'tokens', 'outbox');

    const { code, stdout, stderr } = await run(...words);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^bienvenue: [^\n]+\n$/);
    expect(stderr).toContain(`bienvenue: ${sentence}`);
    expect(await database.contents('users', 'user_roles', 'account_events', 'tokens', 'outbox')).toEqual(before);
  });
});

describe('docs/administration.md', () => {
  beforeEach(takeDatabase);
  afterEach(dropDatabase);

  it('has commands that work', async () => {
    const text = readFileSync('docs/administration.md', 'utf8');
    const commands = text.match(/^bienvenue .*$/gm) ?? [];

    for (const command of commands) await output(...words(command));

    const names = new Set(commands.map(command => words(command).slice(0, 2).join(' ')));
    const help = await output('--help');
    expect(names).toEqual(new Set(help.match(/(?<=^ {2})(user|sessions) [a-z-]+/gm)));
    expect(await database.rows('select email from users')).toEqual([{ email: ada.email }]);
  });

  const words = (command: string) =>
    [...command.matchAll(/"([^"]*)"|\S+/g)].slice(1).map(([word, quoted]) => quoted ?? word);
});

describe('in a database without tables', () => {
  beforeEach(takeDatabase);
  afterEach(dropDatabase);

  it('a command on accounts creates none', async () => {
    const { code, stderr } = await run('user', 'list');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^bienvenue: DATABASE_URL: migrations are pending .* run: bienvenue migrate up\n$/);
    expect(await database.tables()).toEqual([]);
  });
});
