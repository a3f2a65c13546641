import { randomUUID } from 'node:crypto';
import { LOGOUT, newPerson, type Person, PROFILE, REGISTER, RESET_PASSWORD, sessionOf } from '../support/app.ts';
import type { Browser } from '../support/browser.ts';
import { Folder } from '../support/folder.ts';
import { BEHIND_PROXY } from '../support/guesses.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { BACKUP_METHODS, documented } from './support/backups.ts';
import { Crowd } from './support/crowd.ts';
import { MachineClock } from './support/faketime.ts';

const PEOPLE = 4;
const USERS_AT_ONCE = 1000;
const NEW_PASSWORD = 'another horse, another battery';
/** Beyond Latin 1, and with a character that needs four bytes in UTF-8. */
const NAME = 'Łukasz 李 🦉';
const PAST_TOKEN_LIFETIME = '+31m';

const SETTINGS = {
  ...BEHIND_PROXY,
  BIENVENUE_EXPOSE_RESET_TOKEN: 'on',
  // Nothing listens on this port, so mails stay in the outbox.
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'bienvenue@example.org',
};

let sources = 0;
/** A new address for each request, since the rate limits are on. */
const newSource = () => `10.${++sources >> 16}.${(sources >> 8) & 255}.${sources & 255}`;
const ATTACKER_ADDRESS = '192.0.2.1';

describe.each(BACKUP_METHODS)('a backup under load, as documented for "$heading"', ({ heading, users, open }) => {
  const folder = new Folder();
  const clock = new MachineClock(folder.path);
  const used = newPerson();
  const unused = newPerson();
  const usedLater = newPerson();
  const leftLater = { ...newPerson(), name: NAME };
  const tokens = new Map<Person, string>();
  let site: Awaited<ReturnType<typeof open>>;
  let restored: Awaited<ReturnType<typeof site.restored>>;
  let server: TestServer;
  let copy: TestServer;
  let crowd: Crowd;
  /** What was acknowledged before the backup started. */
  let before: Crowd;
  /** Token guesses, each from a different address: each one adds a row to `limits`. */
  const guesses = { stop: false, total: 0, before: 0, meanwhile: 0 };
  /** A session that ended after the backup. */
  let session: string;

  const browserOf =
    (of: () => TestServer) =>
    (options = {}, source = newSource()): Browser =>
      of().browser({ ...options, headers: { 'x-forwarded-for': source } });
  const there = browserOf(() => server);
  const inCopy = browserOf(() => copy);

  beforeAll(async () => {
    site = await open();
    server = await startServer({ DATABASE_URL: site.origin.url, ...SETTINGS });
    await fill();
    const loggedOutLater = await prepare();
    crowd = new Crowd(there);
    crowd.start(PEOPLE);
    const guessers = [keepGuessing(), keepGuessing()];
    // Each may log out of one of these sessions meanwhile.
    await until(() => crowd.balance.ended.size >= PEOPLE && crowd.balance.open.size >= 2 * PEOPLE);

    const [backUp = '', restore = ''] = documented(heading);
    before = crowd.copy(inCopy);
    guesses.before = guesses.total;
    await site.origin.operate(backUp);
    before.keepOpenIn(crowd);
    guesses.stop = true;
    await Promise.all([crowd.stop(), ...guessers]);
    // Those in flight at the end count: on a busy machine no other may have been answered since the start.
    guesses.meanwhile = guesses.total - guesses.before;
    await changeAfterBackup(loggedOutLater);
    await site.origin.operate(restore);
    restored = await site.restored();
    copy = await startServer({ DATABASE_URL: restored.url, ...SETTINGS, ...clock.environment });
  });
  beforeEach(() => clock.set('+0'));
  afterAll(async () => {
    guesses.stop = true;
    await crowd?.stop();
    await copy?.close();
    await server?.close();
    await restored?.close();
    await site?.origin.close();
    folder.remove();
  });

  async function keepGuessing(): Promise<void> {
    while (!guesses.stop) {
      if ((await guess(there())) === 'TOKEN_INVALID') guesses.total += 1;
    }
  }

  async function fill(): Promise<void> {
    const row = () => {
      const id = randomUUID();
      return `('${id}', '${id}@example.net', '${id}@example.net', '${'x'.repeat(255)}', 1, 1)`;
    };
    for (let done = 0; done < users; done += USERS_AT_ONCE) {
      const values = Array.from({ length: USERS_AT_ONCE }, row).join();
      const columns = 'id, email, canonical_email, password_hash, credential_version, created_at';
      await site.origin.rows(`insert into users (${columns}) values ${values}`);
    }
  }

  /** State created before the backup. Returns the browser that logs out after it. */
  async function prepare(): Promise<Browser> {
    for (const person of [used, unused, usedLater]) {
      await there().send(REGISTER, { ...person });
      const response = await there().form('POST', '/reset_password', { email: person.email });
      tokens.set(person, ((await response.json()) as { reset_token: string }).reset_token);
    }
    expect(await use(there(), used)).toBeUndefined();
    for (let times = 0; times < 20; times++) await guess(there({}, ATTACKER_ADDRESS));
    expect(await guess(there({}, ATTACKER_ADDRESS))).toBe('RATE_LIMITED');
    const loggedOutLater = there();
    await loggedOutLater.send(REGISTER, { ...leftLater });
    return loggedOutLater;
  }

  /** Changes after the backup, which the copy does not have. */
  async function changeAfterBackup(loggedOutLater: Browser): Promise<void> {
    session = sessionOf(loggedOutLater);
    expect((await loggedOutLater.send(LOGOUT)).code).toBeUndefined();
    expect(await use(there(), usedLater)).toBeUndefined();
  }

  const use = async (browser: Browser, person: Person, newPassword = NEW_PASSWORD) =>
    (await browser.send(RESET_PASSWORD, { token: tokens.get(person), newPassword })).code;
  const guess = async (browser: Browser) =>
    (await browser.send(RESET_PASSWORD, { token: 'a guess', newPassword: NEW_PASSWORD })).code;
  /** A rejected password shows whether the token is valid without consuming it. */
  const isValidToken = async (person: Person) => (await use(inCopy(), person, '')) === 'BAD_USER_INPUT';
  const isOpen = async (session_id: string) =>
    (await inCopy({ cookies: { session_id } }).send(PROFILE)).data.profile !== null;

  it('OP-3: restores every account and session that was acknowledged before it started, and no ended session', async () => {
    expect(crowd.wrong).toEqual([]);
    for (const { size } of [before.balance.people, before.balance.open, before.balance.ended])
      expect(size).toBeGreaterThanOrEqual(PEOPLE);

    expect(await before.lost()).toEqual([]);
    expect((await inCopy({ cookies: { session_id: session } }).send(PROFILE)).data.profile).toMatchObject({
      name: NAME,
    });
    const [{ count }] = await restored.rows(`select count(*) as count from users where email like '%@example.net'`);
    expect(Number(count)).toBe(users);
  });

  it('OP-3: restores rate limits and queued mails', async () => {
    const [{ count }] = await restored.rows('select count(*) as count from limits');
    expect(guesses.meanwhile).toBeGreaterThan(0);
    expect(Number(count)).toBeGreaterThanOrEqual(guesses.before);
    expect(await guess(inCopy({}, ATTACKER_ADDRESS))).toBe('RATE_LIMITED');
    expect(await guess(inCopy())).toBe('TOKEN_INVALID');
    expect(await restored.rows(`select kind from outbox where address = '${used.email}'`)).toContainEqual({
      kind: 'password-changed',
    });
  });

  it('OP-3: restores valid tokens, no used ones, and none after their lifetime', async () => {
    expect([await isValidToken(used), await isValidToken(unused)]).toEqual([false, true]);
    // Used after the backup: docs/backups.md says so.
    expect(await isValidToken(usedLater)).toBe(true);

    clock.set(PAST_TOKEN_LIFETIME);
    for (const person of [used, unused, usedLater]) expect(await use(inCopy(), person)).toBe('TOKEN_INVALID');
  });

  it('OP-3: ends every session and invalidates every token with the documented statements', async () => {
    expect(await isOpen(session)).toBe(true);
    const [statements = ''] = documented('After a restore');

    for (const sql of statements.split('\n').filter(Boolean)) await restored.rows(sql);

    for (const each of [session, ...before.balance.open.keys()]) expect(await isOpen(each)).toBe(false);
    for (const person of [unused, usedLater]) expect(await use(inCopy(), person)).toBe('TOKEN_INVALID');
    expect(await restored.rows('select id from outbox')).toEqual([]);
  });
});
