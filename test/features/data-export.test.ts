import { randomUUID } from 'node:crypto';
import {
  ada,
  type Browser,
  bob,
  LOGIN,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  startApp,
  type TestApp,
} from '../support/app.ts';
import { operation } from '../support/operations.ts';

const EXPORT_MY_DATA = operation('ExportMyData');
const WITHHELD = ['password_hash', 'token_hash'];

describe('exportMyData', () => {
  let app: TestApp;
  let laptop: Browser;
  beforeEach(async () => {
    app = await startApp();
    laptop = await app.register(ada);
  });
  afterEach(() => app.close());

  const exported = async (browser = laptop) => (await browser.send(EXPORT_MY_DATA)).data.exportMyData;
  const idOf = async (browser: Browser): Promise<string> => (await browser.send(PROFILE)).data.profile.id;

  it('returns every row about the user, with times in ISO 8601', async () => {
    const id = await idOf(laptop);
    await app.rows('insert into user_roles (id, role, user_id) values (?, ?, ?)', randomUUID(), 'ADMIN', id);
    await app.login(ada);
    await app.browser({ headers: { 'user-agent': 'Stranger' } }).send(LOGIN, { ...ada, password: 'wrong horse' });
    await app.resetToken(ada.email);

    const data = await exported();

    const now = app.clock.now().toISOString();
    expect(data).toMatchObject({
      exportedAt: now,
      incomplete: [],
      account: [{ id, email: ada.email, name: ada.name, createdAt: now, disabled: false, disabledAt: null }],
      roles: [{ role: 'ADMIN' }],
      emailChanges: [],
      administration: [],
      mails: [],
    });
    expect(data.links).toContainEqual(expect.objectContaining({ purpose: 'reset-password', createdAt: now }));
    expect(data.sessions).toHaveLength(2);
    expect(data.sessions[0]).toMatchObject({ persistent: true, ipAddress: '127.0.0.1', lastUsedAt: now });
    expect(data.events.map(({ type }: { type: string }) => type)).toEqual(
      expect.arrayContaining([
        'DATA_EXPORTED',
        'PASSWORD_RESET_REQUESTED',
        'SIGN_IN_FAILED',
        'SIGNED_IN',
        'REGISTERED',
      ]),
    );
    expect(data.events).toHaveLength(5);
    expect(data.events).toContainEqual(expect.objectContaining({ type: 'SIGN_IN_FAILED', userAgent: 'Stranger' }));
  });

  it('contains mails that wait, and what an administrator did to other accounts', async () => {
    const mailer = { send: () => Promise.reject(new Error('the mail server is down')), close: () => {} };
    const other = await startApp({ ports: { mailer } });
    try {
      const [admin, owner] = [await other.register(ada), await other.register(bob)];
      await other.rows(
        'update account_events set actor_id = ? where user_id = ?',
        await idOf(admin),
        await idOf(owner),
      );
      await admin.send(REQUEST_PASSWORD_RESET, { email: ada.email });
      await admin.send(REQUEST_PASSWORD_RESET, { email: bob.email });

      const data = await exported(admin);

      expect(data.mails).toContainEqual(expect.objectContaining({ kind: 'reset-password' }));
      expect(new Set(data.mails.map(({ address }: { address: string }) => address))).toEqual(new Set([ada.email]));
      expect(data.administration).toEqual([expect.objectContaining({ type: 'REGISTERED', ipAddress: '127.0.0.1' })]);
      expect(JSON.stringify(data)).not.toContain(await idOf(owner));
      expect(JSON.stringify(await exported(owner))).not.toContain(await idOf(admin));
    } finally {
      await other.close();
    }
  });

  it('contains no secret, and nothing of other users', async () => {
    const otherUser = await app.register(bob);
    await app.resetToken(ada.email);
    await app.resetToken(bob.email);
    const secrets = (await app.database.contents('users', 'sessions', 'tokens'))
      .flat()
      .flatMap(row => WITHHELD.flatMap(column => row[column] ?? []));

    const text = JSON.stringify(await exported());

    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets) expect(text).not.toContain(secret);
    for (const foreign of [bob.email, await idOf(otherUser)]) expect(text).not.toContain(foreign);
  });

  it('contains no hash of a password that somebody else registered with', async () => {
    const env = { BIENVENUE_EMAIL_VERIFICATION: 'required' };
    const strict = await startApp({ database: app.database, env, ports: { clock: app.clock } });
    try {
      app.clock.advance({ minutes: 2 });
      await strict.browser().send(REGISTER, { ...ada, password: 'a password of the mailbox owner' });
      await strict.auth.settle();
      expect((await app.dump()).filter(value => String(value).includes('passwordHash'))).not.toEqual([]);

      expect(JSON.stringify(await exported())).not.toMatch(/passwordHash|bv1/);
    } finally {
      await strict.close();
    }
  });

  it('is recorded, and is the newest event of the export', async () => {
    app.clock.advance({ minutes: 1 });

    expect((await exported()).events[0]).toMatchObject({ type: 'DATA_EXPORTED', at: app.clock.now().toISOString() });
    expect((await exported()).events).toHaveLength(3);
  });

  it('LO-3: is refused when the event cannot be recorded', async () => {
    await app.database.failOn('insert', 'account_events');

    expect(await laptop.send(EXPORT_MY_DATA)).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', data: null });
  });

  it('needs a proof of identity within the last five minutes', async () => {
    app.clock.advance({ minutes: 5, seconds: 1 });
    expect((await laptop.send(EXPORT_MY_DATA)).code).toBe('RECENT_AUTH_REQUIRED');

    await laptop.send(operation('Reauthenticate'), { password: ada.password });
    expect((await exported()).account).toHaveLength(1);
  });

  it('needs a session', async () => {
    expect((await app.browser().send(EXPORT_MY_DATA)).code).toBe('UNAUTHENTICATED');
  });

  it('can be requested once per operation', async () => {
    const response = await laptop.send('mutation { one: exportMyData two: exportMyData }');

    expect(response.status).toBe(400);
  });

  it('contains the newest 10 000 events, and says that there are more', async () => {
    const id = await idOf(laptop);
    const now = app.clock.now().getTime();
    const columns = 'id, type, at, user_id, actor, request_id, expires_at';
    for (let batch = 0; batch < 10; batch++) {
      const rows = Array.from(
        { length: 1000 },
        (_, n) => `('00000000-0000-7000-8000-${String(batch * 1000 + n).padStart(12, '0')}',
          'SIGN_IN_FAILED', ${now - 1}, '${id}', 'VISITOR', '', ${now})`,
      );
      await app.rows(`insert into account_events (${columns}) values ${rows.join(', ')}`);
    }

    const { events, incomplete } = await exported();

    expect(events).toHaveLength(10_000);
    expect(events[0].type).toBe('DATA_EXPORTED');
    expect(incomplete).toEqual(['events']);
  });
});
