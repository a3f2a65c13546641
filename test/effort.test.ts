import { RELAXED_DURABILITY } from '../src/persistence/engine.ts';
import {
  ada,
  LOGIN,
  LOGOUT,
  PROFILE,
  REGISTER,
  RESET_PASSWORD,
  somebody,
  startApp,
  type TestApp,
} from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { ENGINE } from './support/databases/new-database.ts';
import { statementsDuring } from './support/databases/statements.ts';
import { CountingHasher } from './support/hasher.ts';

const COST = 4;
const OPENING = /^(begin|start transaction)/;
const CHANGE = /^\s*(insert|update|delete)/;
/** Statements for a counter that is new. MySQL first looks for it in vain, by an update that changes nothing. */
const TO_BEGIN = ENGINE === 'mysql' ? 2 : 1;

interface Effort {
  hashes: number;
  statements: number;
  /** For which the disk is waited for. */
  commits: number;
  /** Changes that nobody waits for: tries of limits. */
  counts: number;
}

describe('what an operation costs', () => {
  const hasher = new CountingHasher(COST);
  let app: TestApp;
  let browser: Browser;
  const person = somebody();
  beforeAll(async () => {
    app = await startApp({ ports: { hasher } });
    // The first hash of a house is one more: what an unknown address is compared with.
    await app.register(ada);
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
      counts: statements.filter(sql => sql.endsWith(RELAXED_DURABILITY)).length,
    };
  }

  it('register: one hash, the count of the limit, and one transaction', async () => {
    const { hashes, commits, counts } = await effort(() => browser.send(REGISTER, { ...person }));

    expect({ hashes, commits, counts }).toEqual({ hashes: 1, commits: 1, counts: 1 });
  });

  it('who-am-I: one statement, and nothing else', async () => {
    expect(await effort(() => browser.send(PROFILE))).toEqual({ hashes: 0, statements: 1, commits: 0, counts: 0 });
  });

  it('who-am-I of a visitor: nothing', async () => {
    const nothing = { hashes: 0, statements: 0, commits: 0, counts: 0 };
    expect(await effort(() => app.browser().send(PROFILE))).toEqual(nothing);
  });

  it('login from a browser that is known: one hash, two counters before it, one transaction', async () => {
    const { hashes, commits, counts } = await effort(() => browser.send(LOGIN, { ...person }));

    expect({ hashes, commits, counts }).toEqual({ hashes: 1, commits: 1, counts: 2 * TO_BEGIN });
  });

  it('login from a browser that is not: one hash, three counters before it, one transaction', async () => {
    const { hashes, commits, counts } = await effort(() => app.browser().send(LOGIN, { ...person }));

    // What its source has tried before is counted on.
    expect({ hashes, commits, counts }).toEqual({ hashes: 1, commits: 1, counts: 2 * TO_BEGIN + 1 });
  });

  it('logout: one change', async () => {
    const { hashes, statements, commits } = await effort(() => browser.send(LOGOUT));

    expect({ hashes, statements, commits }).toEqual({ hashes: 0, statements: 2, commits: 1 });
  });

  it('resetPassword: one hash', async () => {
    const token = await app.resetToken(person.email);
    const reset = { token, newPassword: 'another horse battery' };
    const { hashes } = await effort(() => app.browser().send(RESET_PASSWORD, reset));

    expect(hashes).toBe(1);
  });
});

/** Each transaction is one, and so is each change outside of any, unless it says that nobody need wait for it. */
function commitsIn(statements: string[]): number {
  let open = false;
  let commits = 0;
  for (const sql of statements) {
    if (OPENING.test(sql)) open = true;
    else if (/^commit/.test(sql)) {
      open = false;
      commits += 1;
    } else if (!open && CHANGE.test(sql) && !sql.endsWith(RELAXED_DURABILITY)) commits += 1;
  }
  return commits;
}
