import { DevMailbox } from '../src/mail/dev-mailbox.ts';
import type { Mail } from '../src/mail/mailer.ts';
import {
  ada,
  LOGIN,
  LOGOUT,
  newPerson,
  PROFILE,
  REGISTER,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  TestClock,
} from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { ENGINE } from './support/databases/new-database.ts';
import { statementsDuring } from './support/databases/statements.ts';
import { CountingHasher, Gate } from './support/hasher.ts';

const COST = 4;
const BEGIN = /^(begin|start transaction)/;
const CHANGE = /^\s*(insert|update|delete)/;
/** The statements that consume an attempt of a rate limit, with relaxed durability. */
const COUNT = /^\s*(insert (ignore )?into limits|update limits set\s+blocked_until)/;
/** Statements for a new counter. On MySQL they include an update that matches no row. */
const NEW_COUNTER = ENGINE === 'mysql' ? 2 : 1;

interface Effort {
  hashes: number;
  statements: number;
  /** Commits with an fsync. */
  commits: number;
  /** Counter changes, without an fsync on SQLite. */
  counts: number;
}

/** Sends no mail before its gate is open, so that the statements of the mail worker are not counted. */
class HeldMailbox extends DevMailbox {
  readonly gate = new Gate();

  override async send(mail: Mail): Promise<void> {
    await this.gate.pass();
    await super.send(mail);
  }
}

describe('the cost of an operation', () => {
  const clock = new TestClock();
  const mailer = new HeldMailbox(clock);
  const hasher = new CountingHasher(COST);
  let app: TestApp;
  let browser: Browser;
  const person = newPerson();
  beforeAll(async () => {
    app = await startApp({ ports: { hasher, clock, mailer } });
    // The first hash also creates the dummy hash that passwords for unknown addresses are compared with.
    await app.browser().send(REGISTER, { ...ada });
    await mailer.gate.reached;
    await app.login(ada);
    browser = app.browser();
  });
  afterAll(() => app.close());

  async function effort(work: () => Promise<{ errors?: unknown }>): Promise<Effort> {
    const before = hasher.work;
    let errors: unknown;
    const statements = await statementsDuring(async () => {
      ({ errors } = await work());
    });
    expect(errors).toBeUndefined();
    return {
      hashes: (hasher.work - before) / 2 ** COST,
      statements: statements.length,
      commits: commitsIn(statements),
      counts: statements.filter(sql => COUNT.test(sql)).length,
    };
  }

  it('register: one hash, one rate limit counter and one transaction', async () => {
    const { hashes, commits, counts } = await effort(() => browser.send(REGISTER, { ...person }));

    expect({ hashes, commits, counts }).toEqual({ hashes: 1, commits: 1, counts: 1 });
    mailer.gate.release();
    await app.auth.settle();
  });

  it('profile: one statement, and nothing else', async () => {
    expect(await effort(() => browser.send(PROFILE))).toEqual({ hashes: 0, statements: 1, commits: 0, counts: 0 });
  });

  it('profile of a visitor: no statement', async () => {
    const nothing = { hashes: 0, statements: 0, commits: 0, counts: 0 };
    expect(await effort(() => app.browser().send(PROFILE))).toEqual(nothing);
  });

  it('login from a known browser: two counters, one hash, one transaction', async () => {
    const { hashes, commits, counts } = await effort(() => browser.send(LOGIN, { ...person }));

    expect({ hashes, commits, counts }).toEqual({ hashes: 1, commits: 1, counts: 2 * NEW_COUNTER });
  });

  it('login from an unknown browser: three counters, one hash, one transaction', async () => {
    const { hashes, commits, counts } = await effort(() => app.browser().send(LOGIN, { ...person }));

    // The counter of the client address exists already.
    expect({ hashes, commits, counts }).toEqual({ hashes: 1, commits: 1, counts: 2 * NEW_COUNTER + 1 });
  });

  it('logout: one commit', async () => {
    // The session lookup, and a transaction of the deletion and its event.
    const { hashes, statements, commits } = await effort(() => browser.send(LOGOUT));

    expect({ hashes, statements, commits }).toEqual({ hashes: 0, statements: 5, commits: 1 });
  });

  it('resetPassword: one hash', async () => {
    const token = await app.resetToken(person.email);
    const reset = { token, newPassword: 'another horse battery' };
    const { hashes } = await effort(() => app.browser().send(RESET_PASSWORD, reset));

    expect(hashes).toBe(1);
  });
});

/** Counts transactions, and changes outside of them, except rate limit counters and changes that SQLite runs without an fsync. */
function commitsIn(statements: string[]): number {
  let open = false;
  let commits = 0;
  for (const sql of statements) {
    if (BEGIN.test(sql)) open = true;
    else if (/^commit/.test(sql)) {
      open = false;
      commits += 1;
    } else if (!open && CHANGE.test(sql) && !COUNT.test(sql)) commits += 1;
  }
  return commits;
}
