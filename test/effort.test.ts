import { ada, LOGIN, LOGOUT, PROFILE, REGISTER, RESET_PASSWORD, startApp, type TestApp } from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { statementsDuring } from './support/databases/statements.ts';
import { CountingHasher } from './support/hasher.ts';
import { somebody } from './support/people.ts';

const COST = 4;
const OPENING = /^(begin|start transaction)/;
const CHANGE = /^\s*(insert|update|delete)/;

/** Hashes, statements, and how often the disk had to be waited for. */
interface Effort {
  hashes: number;
  statements: number;
  commits: number;
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
    };
  }

  it('register: one hash, the count of the limit, and one transaction', async () => {
    const { hashes, commits } = await effort(() => browser.send(REGISTER, { ...person }));

    expect({ hashes, commits }).toEqual({ hashes: 1, commits: 2 });
  });

  it('who-am-I: one statement, and nothing else', async () => {
    expect(await effort(() => browser.send(PROFILE))).toEqual({ hashes: 0, statements: 1, commits: 0 });
  });

  it('who-am-I of a visitor: nothing', async () => {
    expect(await effort(() => app.browser().send(PROFILE))).toEqual({ hashes: 0, statements: 0, commits: 0 });
  });

  it('login from a browser that is known: one hash, two counters before it, one transaction', async () => {
    const { hashes, commits } = await effort(() => browser.send(LOGIN, { ...person }));

    // A counter that is new is first looked for in vain: an update that changes nothing.
    expect({ hashes, commits }).toEqual({ hashes: 1, commits: 2 + 2 + 1 });
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

/** Each transaction is one, and so is each change outside of any. */
function commitsIn(statements: string[]): number {
  let open = false;
  let commits = 0;
  for (const sql of statements) {
    if (OPENING.test(sql)) open = true;
    else if (/^commit/.test(sql)) {
      open = false;
      commits += 1;
    } else if (!open && CHANGE.test(sql)) commits += 1;
  }
  return commits;
}
