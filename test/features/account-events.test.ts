import {
  ada,
  type Browser,
  bob,
  LOGIN,
  LOGOUT,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';
import { statementsDuring } from '../support/databases/statements.ts';
import { operation } from '../support/operations.ts';

const ACCOUNT_EVENTS = operation('AccountEvents');

type Event = Record<string, unknown>;

const pageOf = async (browser: Browser, variables: object = {}) =>
  (await browser.send(ACCOUNT_EVENTS, { ...variables })).data.accountEvents;
const nodesOf = ({ edges }: { edges: { node: Event }[] }) => edges.map(({ node }) => node);
const list = async (browser: Browser, variables: object = {}) => nodesOf(await pageOf(browser, variables));
const cursor = (text: string) => Buffer.from(text).toString('base64url');

describe('accountEvents', () => {
  let app: TestApp;
  let browser: Browser;
  beforeEach(async () => {
    app = await startApp();
    browser = await app.register(ada);
  });
  afterEach(() => app.close());

  const wrongPassword = (person = ada) => app.browser().send(LOGIN, { email: person.email, password: 'a wrong guess' });

  it('LO-3: shows what happened to the account, newest first, with who did it and from where', async () => {
    app.clock.advance({ minutes: 1 });
    const phone = app.browser({ headers: { 'user-agent': 'Phone' } });
    await phone.send(LOGIN, { email: ada.email, password: ada.password });
    await phone.send(LOGOUT);
    await wrongPassword();
    await app.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
    const token = tokenIn((await app.mails())[0]);
    await app.browser().send(RESET_PASSWORD, { token, newPassword: 'another zebra capacitor' });
    const { data } = await app.browser().send(LOGIN, { email: ada.email, password: 'another zebra capacitor' });
    const again = await app.login({ ...ada, password: 'another zebra capacitor' });

    const events = await list(again);
    expect(events.map(({ type, actor }) => `${type} ${actor}`)).toEqual([
      'SIGNED_IN USER',
      'SIGNED_IN USER',
      'PASSWORD_RESET USER',
      'PASSWORD_RESET_REQUESTED VISITOR',
      'SIGN_IN_FAILED VISITOR',
      'SIGNED_OUT USER',
      'SIGNED_IN USER',
      'REGISTERED USER',
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(8);
    expect(new Set(events.map(({ userId }) => userId))).toEqual(new Set([data.login.user.id]));
    expect(events[6]).toMatchObject({ ipAddress: '127.0.0.1', userAgent: 'Phone', at: app.clock.now().toISOString() });
  });

  it("AZ-2: shows nobody else's events", async () => {
    const other = await app.register(bob);
    await wrongPassword(bob);

    expect((await list(browser)).map(({ type }) => type)).toEqual(['REGISTERED']);
    expect((await list(other)).map(({ type }) => type)).toEqual(['SIGN_IN_FAILED', 'REGISTERED']);
  });

  it('AZ-1: needs a signed-in user', async () => {
    expect((await app.browser().send(ACCOUNT_EVENTS)).code).toBe('UNAUTHENTICATED');
  });

  it('LO-4: are never changed by what happens later', async () => {
    await wrongPassword();
    const stored = () => app.rows('select * from account_events order by id');
    const before = await stored();

    const newPassword = 'another zebra capacitor';
    await browser.send(operation('ChangePassword'), { currentPassword: ada.password, newPassword });
    await browser.send(operation('UpdateProfile'), { name: 'Countess', locale: 'fr' });
    const id = await app.auth.work(async ({ admin }) => {
      const user = await admin.userByEmail(ada.email);
      await admin.setRoles(String(user?.id), ['ADMIN']);
      await admin.revokeSessions(String(user?.id));
      return user?.id;
    });
    await (await app.login({ ...ada, password: newPassword })).send(LOGOUT);
    await app.auth.settle();

    const after = await stored();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ type, user_id }) => [type, user_id])).toEqual(
      ['PASSWORD_CHANGED', 'PROFILE_UPDATED', 'ROLES_CHANGED', 'SESSION_REVOKED', 'SIGNED_IN', 'SIGNED_OUT'].map(
        type => [type, id],
      ),
    );
  });

  it('LO-4: no operation names an event, and no log line an address', async () => {
    await wrongPassword();
    const changing = Object.values(app.auth.schema.getMutationType()?.getFields() ?? {});

    expect(changing.filter(({ name, type }) => /event/i.test(`${name} ${type}`))).toEqual([]);
    expect(app.lines.length).toBeGreaterThan(2);
    expect(app.lines.filter(line => line.includes(ada.email))).toEqual([]);
  });

  describe('GQ-8: in pages', () => {
    beforeEach(async () => {
      for (let count = 0; count < 4; count++) await wrongPassword();
    });

    it('shows each event once, and where the list ends', async () => {
      const pages = [await pageOf(browser, { first: 2 })];
      while (pages.at(-1).pageInfo.hasNextPage)
        pages.push(await pageOf(browser, { first: 2, after: pages.at(-1).pageInfo.endCursor }));

      expect(pages.map(page => page.edges.length)).toEqual([2, 2, 1]);
      expect(pages.flatMap(nodesOf)).toEqual(await list(browser));
      for (const { edges, pageInfo } of pages) expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
    });

    it('does not move when new events arrive', async () => {
      const first = await pageOf(browser, { first: 2 });
      const rest = await list(browser, { after: first.pageInfo.endCursor });
      await wrongPassword();

      expect(await list(browser, { after: first.pageInfo.endCursor })).toEqual(rest);
    });

    it('ends with an empty page after the last event', async () => {
      const { pageInfo } = await pageOf(browser);

      expect(await pageOf(browser, { after: pageInfo.endCursor })).toEqual({
        edges: [],
        pageInfo: { hasNextPage: false, endCursor: null },
      });
    });

    it('takes one statement for a page', async () => {
      const { pageInfo } = await pageOf(browser, { first: 2 });
      const statements = await statementsDuring(() => pageOf(browser, { first: 100, after: pageInfo.endCursor }));

      expect(statements.filter(sql => sql.includes('account_events'))).toHaveLength(1);
    });

    it.each([0, -1, 101, 2_147_483_647])('refuses a size of %d', async first => {
      const { code, fields } = await browser.send(ACCOUNT_EVENTS, { first });

      expect(code).toBe('BAD_USER_INPUT');
      expect(fields).toEqual([{ field: 'first', rule: 'INVALID', message: expect.any(String) }]);
    });

    it.each([
      ['empty', ''],
      ['an id', '01999999-0000-7000-8000-000000000000'],
      ['no base64', "' or 1=1 --"],
      ['of another list', cursor('users:01999999-0000-7000-8000-000000000000')],
      ['of a malformed id', cursor("events:' or 1=1 --")],
      ['padded', `${cursor('events:01999999-0000-7000-8000-000000000000')}==`],
      ['with a NUL', cursor('events:01999999-0000-7000-8000-00000000000\0')],
      ['oversized', 'A'.repeat(50_000)],
    ])('refuses a cursor that is %s', async (_, after) => {
      const { code, fields } = await browser.send(ACCOUNT_EVENTS, { after });

      expect(code).toBe('BAD_USER_INPUT');
      expect(fields).toEqual([{ field: 'after', rule: 'INVALID', message: expect.any(String) }]);
    });

    it("AZ-2: takes the cursor of another user's event as a position, and shows one's own events only", async () => {
      const other = await app.register(bob);
      await wrongPassword(bob);
      const { pageInfo } = await pageOf(other, { first: 1 });

      expect(await list(browser, { after: pageInfo.endCursor })).toEqual(await list(browser));
    });
  });
});
