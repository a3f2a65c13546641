import { randomUUID } from 'node:crypto';
import SQLite from 'better-sqlite3';
import { type Browser, LOGIN, LOGOUT, type Person, PROFILE, REGISTER, RESET_PASSWORD } from '../support/app.ts';
import { startServer, type TestServer } from '../support/server.ts';

type Cookies = Browser['cookies'];

describe('a server that is killed', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer({
      BIENVENUE_RATE_LIMITS: 'off',
      BIENVENUE_EXPOSE_RESET_TOKEN: 'on',
      // Nobody listens there, so notices stay in the outbox.
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'bienvenue@example.org',
    });
  });
  afterEach(() => server.close());

  const newcomer = (): Person => ({ email: `${randomUUID()}@example.org`, password: randomUUID() });
  const rows = (sql: string) => {
    const database = new SQLite(server.file);
    try {
      return database.prepare(sql).all() as Record<string, unknown>[];
    } finally {
      database.close();
    }
  };

  /** Several callers at a time, each over and over, until the server is killed among them. */
  async function untilKilled(work: () => Promise<void>): Promise<void> {
    const caller = async () => {
      while (server.process.signalCode === null) await work();
    };
    const ends = await Promise.allSettled(Array.from({ length: 6 }, caller));
    for (const end of ends) if (end.status === 'rejected' && !server.process.killed) throw end.reason;
  }

  /** Sends an operation that has to succeed, or to get no answer at all. */
  async function does(browser: Browser, query: string, variables = {}): Promise<void> {
    const { errors } = await browser.send(query, variables);
    if (errors) throw new Error(JSON.stringify(errors));
  }

  it('RE-1: has kept every registration, login and logout that it acknowledged', async () => {
    const people: Person[] = [];
    const open: Cookies[] = [];
    const ended: Cookies[] = [];
    const comeAndGo = async () => {
      const person = newcomer();
      const [one, two] = [server.browser(), server.browser()];
      await does(one, REGISTER, { ...person });
      people.push(person);
      await does(two, LOGIN, { ...person });
      open.push({ ...two.cookies });
      const cookies = { ...one.cookies };
      await does(one, LOGOUT);
      ended.push(cookies);
    };

    for (const enough of [6, 12]) {
      await untilKilled(async () => {
        await comeAndGo();
        if (ended.length >= enough) server.process.kill('SIGKILL');
      });
      expect(rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      await server.start();
    }

    const emailOf = async (cookies: Cookies) => (await server.browser({ cookies }).send(PROFILE)).data.profile?.email;
    expect((await Promise.all(open.map(emailOf))).filter(email => !email)).toEqual([]);
    expect((await Promise.all(ended.map(emailOf))).filter(email => email)).toEqual([]);
    for (const person of people) await does(server.browser(), LOGIN, { ...person });
    expect(ended.length).toBeGreaterThanOrEqual(12);
  });

  it('RE-2: has changed a password, used the token, ended the sessions and queued the notice, or done none of it', async () => {
    const people = Array.from({ length: 12 }, newcomer);
    await Promise.all(people.map(person => does(server.browser(), REGISTER, { ...person })));
    const resets = await Promise.all(
      people.map(async ({ email }) => {
        const asked = await server.browser().form('POST', '/reset_password', { email });
        const { reset_token: token } = (await asked.json()) as { reset_token: string };
        return { email, token, newPassword: randomUUID() };
      }),
    );
    const before = new Map(rows(EFFECTS).map(({ email, hash }) => [email, hash]));

    const answered = new Set<unknown>();
    await Promise.allSettled(
      resets.map(async ({ email, token, newPassword }) => {
        await does(server.browser(), RESET_PASSWORD, { token, newPassword });
        if (answered.add(email).size === 4) server.process.kill('SIGKILL');
      }),
    );
    await server.signal('SIGKILL');

    const effects = rows(EFFECTS);
    expect(effects).toHaveLength(12);
    for (const { email, hash, ...effect } of effects) {
      expect(effect).toEqual(hash === before.get(email) ? NOTHING : EVERYTHING);
      if (answered.has(email)) expect(effect).toEqual(EVERYTHING);
    }
    expect(answered.size).toBeGreaterThanOrEqual(4);
  });
});

/** What has happened to each account: all three sides of a reset, by table. */
const EFFECTS = `
  select email, password_hash as hash, credential_version - 1 as changes,
    (select count(*) from tokens where user_id = users.id) as tokens,
    (select count(*) from sessions where user_id = users.id) as sessions,
    (select count(*) from outbox where kind = 'password-changed' and address = users.email) as notices
  from users`;
const NOTHING = { changes: 0, tokens: 1, sessions: 1, notices: 0 };
const EVERYTHING = { changes: 1, tokens: 0, sessions: 0, notices: 1 };
