import { idOf, registerAdmin } from '../support/admins.ts';
import { ada, type Browser, bob, LOGIN, newPerson, PROFILE, RESET_PASSWORD, type TestApp } from '../support/app.ts';
import { operation } from '../support/operations.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

const ADMIN_USERS = operation('AdminUsers');
const DISABLE = operation('AdminDisableUser');
const REVOKE_SESSIONS = operation('AdminRevokeSessions');
const SET_ROLES = operation('AdminSetRoles');
const DELETE = operation('AdminDeleteUser');

/** Several times, because a race can end well by chance. */
const ATTEMPTS = 8;

describe('two administrators on two replicas', () => {
  let replicas: Replicas;
  let first: Browser;
  let second: Browser;
  beforeEach(async () => {
    replicas = await startReplicas({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    first = await registerAdmin(replicas.one, ada);
    second = await registerAdmin(replicas.two, bob);
  });
  afterEach(() => replicas.close());

  const isSignedIn = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;
  /** The same browser at the other replica. */
  const at = (app: TestApp, { cookies }: Browser) => app.browser({ cookies });

  it('AZ-3: a demoted one is refused by the other replica on the next request', async () => {
    const id = await idOf(second);
    expect((await second.send(ADMIN_USERS)).errors).toBeUndefined();

    await first.send(SET_ROLES, { id, roles: [] });
    expect((await second.send(ADMIN_USERS)).code).toBe('FORBIDDEN');

    await first.send(SET_ROLES, { id, roles: ['ADMIN'] });
    expect((await second.send(ADMIN_USERS)).errors).toBeUndefined();
  });

  it('AZ-3, ID-8: a disabled user is signed out on both replicas, and can sign in on neither', async () => {
    const person = newPerson();
    const user = await replicas.one.register(person);
    const elsewhere = at(replicas.two, user);
    const token = await replicas.two.resetToken(person.email);
    await first.send(DISABLE, { id: await idOf(user) });

    expect([await isSignedIn(user), await isSignedIn(elsewhere)]).toEqual([false, false]);
    for (const app of [replicas.one, replicas.two]) {
      const login = await app.browser().send(LOGIN, { email: person.email, password: person.password });
      const reset = await app.browser().send(RESET_PASSWORD, { token, newPassword: 'another zebra capacitor' });
      expect([login.code, reset.code]).toEqual(['INVALID_CREDENTIALS', 'TOKEN_INVALID']);
    }
  });

  it('AZ-3: revoked sessions end on both replicas', async () => {
    const user = await replicas.one.register(newPerson());
    const elsewhere = at(replicas.two, user);
    await first.send(REVOKE_SESSIONS, { id: await idOf(user) });

    expect([await isSignedIn(user), await isSignedIn(elsewhere)]).toEqual([false, false]);
  });

  it.each<[string, string, object, string, object]>([
    ['demotes', SET_ROLES, { roles: [] }, SET_ROLES, { roles: [] }],
    ['disables', DISABLE, {}, DISABLE, {}],
    ['deletes', DELETE, {}, DELETE, {}],
    ['demotes and is disabled by', SET_ROLES, { roles: [] }, DISABLE, {}],
    ['deletes and is demoted by', DELETE, {}, SET_ROLES, { roles: [] }],
  ])('one remains when each %s the other at once', async (_, oneQuery, oneVariables, twoQuery, twoVariables) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const pair = [newPerson(), newPerson()] as const;
      const one = await registerAdmin(replicas.one, pair[0]);
      const two = await registerAdmin(replicas.two, pair[1]);
      const ids = [await idOf(one), await idOf(two)] as const;
      await leaveOnly(ids);

      const responses = await Promise.all([
        one.send(oneQuery, { id: ids[1], ...oneVariables }),
        two.send(twoQuery, { id: ids[0], ...twoVariables }),
      ]);

      const codes = responses.map(({ code }) => code ?? 'done');
      expect(codes.filter(code => code === 'done')).toHaveLength(1);
      // Removed before its own request was read, or while it waited.
      expect(['LAST_ADMIN', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']).toContain(
        codes.find(code => code !== 'done'),
      );
      expect(await activeAdmins()).toHaveLength(1);
    }
  });

  const activeAdmins = () =>
    replicas.one.rows(
      "select u.id from users u join user_roles r on r.user_id = u.id where r.role = 'ADMIN' and u.disabled = false",
    );

  async function leaveOnly(ids: readonly string[]): Promise<void> {
    await replicas.one.rows(`delete from user_roles where user_id not in (${ids.map(id => `'${id}'`).join(', ')})`);
  }
});
