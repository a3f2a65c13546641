import {
  ada,
  bob,
  LOGIN,
  LOGOUT,
  newPerson,
  operation,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from './support/app.ts';
import { fillTables, fullScans } from './support/databases/plans.ts';
import { statementsDuring } from './support/databases/statements.ts';

const ROWS = 5000;

/** Checks the engine's plan of every statement: its time must not grow with the tables. */
describe('no statement scans a whole table', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await fillTables(app.database, ROWS, app.clock.now().getTime());
    await app.register(ada);
  });
  afterAll(() => app.close());

  const send = async (...[operation, variables]: [string, object?]) => {
    const { errors } = await app.browser().send(operation, variables as never);
    expect(errors).toBeUndefined();
  };

  it.each<[string, () => Promise<unknown>]>([
    ['a profile query', async () => (await app.login(ada)).send(PROFILE)],
    ['a login', () => send(LOGIN, { ...ada })],
    ['a wrong password', () => app.browser().send(LOGIN, { ...ada, password: 'wrong zebra' })],
    ['a registration', () => send(REGISTER, { ...newPerson() })],
    ['a logout', async () => (await app.login(ada)).send(LOGOUT)],
    ['a reset request and its mail', () => resetOf(ada.email)],
    [
      'a reset',
      async () => send(RESET_PASSWORD, { token: await tokenFor(bob), newPassword: 'another zebra capacitor' }),
    ],
    ['a change of address that is taken back, and its mails', () => aChangeOfAddress()],
    ['writing last uses, and the cleanup', () => aDayLater()],
  ])('for %s', async (_, work) => {
    const statements = new Set(await statementsDuring(work));
    const planned = [...statements].filter(sql => /^\s*(select|update|delete)\b|\bdo update set\b/i.test(sql));

    expect(planned).not.toEqual([]);
    for (const sql of planned) expect([sql, await fullScans(app.database, sql)]).toEqual([sql, []]);
  });

  async function resetOf(email: string): Promise<void> {
    await send(REQUEST_PASSWORD_RESET, { email });
    await app.auth.settle();
  }

  async function tokenFor(person: typeof bob): Promise<string> {
    await app.register(person);
    return app.resetToken(person.email);
  }

  async function aChangeOfAddress(): Promise<void> {
    const person = newPerson();
    const browser = await app.register(person);
    await browser.send(operation('RequestEmailChange'), { newEmail: `new.${person.email}` });
    const mails = await app.mails();
    const [notice, link] = [person.email, `new.${person.email}`].map(address => mails.find(({ to }) => to === address));
    await send(operation('ConfirmEmailChange'), { token: tokenIn(link) });
    await send(operation('RevertEmailChange'), { token: tokenIn(notice) });
    await app.auth.settle();
  }

  async function aDayLater(): Promise<void> {
    const browser = await app.login(ada);
    app.clock.advance({ days: 2 });
    await browser.send(PROFILE);
    await app.auth.settle();
  }
});
