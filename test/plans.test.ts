import { registerAdmin } from './support/admins.ts';
import {
  ada,
  type Browser,
  bob,
  CHANGE_PASSWORD,
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
import { fillTables, fullScans, planOf, SORTS } from './support/databases/plans.ts';
import { statementsDuring } from './support/databases/statements.ts';

const ROWS = 5000;
const ACCOUNT_EVENTS = operation('AccountEvents');

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
    ['a page of events', async () => (await app.login(ada)).send(ACCOUNT_EVENTS)],
    ['a change of password', () => aChangeOfPassword()],
    ['an export', async () => (await app.login(ada)).send(operation('ExportMyData'))],
    ['a deletion', async () => (await app.register(newPerson())).send(operation('DeleteAccount'))],
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

  async function aChangeOfPassword(): Promise<void> {
    const person = newPerson();
    const browser = await app.register(person);
    await browser.send(operation('Reauthenticate'), { password: person.password });
    await browser.send(CHANGE_PASSWORD, {
      currentPassword: person.password,
      newPassword: 'seven lanterns',
    });
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

/** Checks that a page costs the same wherever it is: an index holds its rows in their order. */
describe('a page of a list', () => {
  let app: TestApp;
  let admin: Browser;
  let userId: string;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_ROLES: 'SUPPORT' } });
    await fillTables(app.database, ROWS, app.clock.now().getTime());
    admin = await registerAdmin(app, ada);
    // One with a hundred events.
    [{ user_id: userId }] = await app.rows("select user_id from account_events where type = 'DELETED' limit 1");
  });
  afterAll(() => app.close());

  const USERS = operation('AdminUsers');
  const EVENTS = operation('AdminEvents');
  const PRIMARY_KEY = /PRIMARY|users_pkey|autoindex_users_1/;

  const planOfPage = async (query: string, variables: object) => {
    const first = await admin.send(query, { ...variables, first: 2 });
    const [{ pageInfo }] = Object.values(first.data) as [{ pageInfo: { endCursor: string } }];
    const statements = await statementsDuring(() =>
      admin.send(query, { ...variables, first: 2, after: pageInfo.endCursor }),
    );
    const sql = statements.find(each => / order by \S+ desc limit (3|\?)/i.test(each));
    return planOf(app.database, String(sql));
  };

  it.each<[string, string, () => object, RegExp]>([
    ['users', USERS, () => ({}), PRIMARY_KEY],
    ['disabled users', USERS, () => ({ disabled: true }), /users_disabled_id_index/],
    ['users with a role', USERS, () => ({ role: 'SUPPORT' }), /user_roles_role_user_id_index/],
    ['users with a frequent role', USERS, () => ({ role: 'BILLING' }), /user_roles_/],
    ['users who are not disabled', USERS, () => ({ disabled: false }), /users_disabled_id_index|PRIMARY|users_pkey/],
    ["a user's events", EVENTS, () => ({ userId }), /account_events_user_id_id_index/],
    ['events of a type', EVENTS, () => ({ type: 'DELETED' }), /account_events_type_id_index/],
  ])('GQ-8: of %s is read from an index in order', async (_, query, variables, index) => {
    const plan = await planOfPage(query, variables());

    expect(plan).toMatch(index);
    expect(plan).not.toMatch(SORTS);
    // MariaDB would look up the first column of the index, and read every entry before the page.
    expect(plan).not.toContain('"type":"ref"');
  });

  it('GQ-8: of events of a user and a type reads no events of other users', async () => {
    const plan = await planOfPage(EVENTS, { userId, type: 'DELETED' });

    expect(plan).toMatch(/account_events_user_id_id_index/);
    expect(plan).not.toMatch(/account_events_(type|pkey)/);
  });

  it.each(['12', 'name 12'])(
    'GQ-8: of a search reads the matches from the indexes of address and name: %s',
    async search => {
      const plan = await planOfPage(USERS, { search });

      expect(plan).toMatch(/users_canonical_email_unique/);
      expect(plan).toMatch(/users_search_name_index/);
    },
  );
});
