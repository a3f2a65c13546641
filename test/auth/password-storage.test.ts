import { createHash, createHmac } from 'node:crypto';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import { ada, bob, fastHasher, LOGIN, PROFILE, RESET_PASSWORD, type TestApp } from '../support/app.ts';
import { HeldHasher } from '../support/hasher.ts';
import { Restarting } from '../support/replicas.ts';

const K1 = 'the first key of which nobody may know';
const K2 = 'a second key of which nobody may know either';
const NO_LIMITS = { BIENVENUE_RATE_LIMITS: 'off' };

describe('a stored password', () => {
  let service: Restarting;
  beforeEach(() => {
    service = new Restarting();
  });
  afterEach(() => service.close());

  const start = (env = {}, cost = 4) =>
    service.start({ env: { ...NO_LIMITS, ...env }, ports: { hasher: fastHasher(cost) } });
  const login = (app: TestApp, { email, password }: typeof ada) => app.browser().send(LOGIN, { email, password });
  const stored = async ({ email }: typeof ada): Promise<string> =>
    (await service.app.rows('select password_hash from users where email = ?', email))[0].password_hash;

  it('PW-7: is salted, and names its scheme, key and cost', async () => {
    const app = await start();
    await app.register(ada);
    await app.register({ ...bob, password: ada.password });

    expect(await stored(ada)).toMatch(/^bv1\$none\$\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(await stored(bob)).toMatch(/^bv1\$none\$\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(await stored(ada)).not.toBe(await stored(bob));
  });

  it('PW-7: appears in no table and no log line, in clear or under a fast hash', async () => {
    const app = await start();
    await app.register(ada);
    await login(app, ada);
    await login(app, { ...ada, password: 'a wrong password' });

    const kept = [...(await app.dump()), ...app.lines].map(String).join('\n').toLowerCase();
    for (const password of [ada.password, 'a wrong password']) {
      for (const form of quickForms(password)) expect(kept).not.toContain(form.toLowerCase());
    }
  });

  it.each([
    ['12 unless it is set', {}, 12],
    ['10 at least', { BIENVENUE_BCRYPT_COST: '10' }, 10],
  ])('PW-7: the cost is %s', (_, env, cost) => {
    expect(optionsFromEnvironment(env).bcryptCost).toBe(cost);
  });

  it('PW-7: the start is refused with a cost below 10', () => {
    expect(() => optionsFromEnvironment({ BIENVENUE_BCRYPT_COST: '9' })).toThrow(/^BIENVENUE_BCRYPT_COST: /);
  });

  it('PW-8: gets a new or changed pepper at the next login', async () => {
    await (await start()).register(ada);

    for (const [pepper, id] of [
      [`k1:${K1}`, 'k1'],
      [`k2:${K2},k1:${K1}`, 'k2'],
    ]) {
      const app = await start({ BIENVENUE_PASSWORD_PEPPER: pepper });
      expect(await login(app, ada)).toMatchObject({ data: { login: { user: { email: ada.email } } } });
      expect(await stored(ada)).toMatch(new RegExp(`^bv1\\$${id}\\$`));
      expect(await login(app, ada)).toMatchObject({ data: { login: {} } });
      expect(await login(app, { ...ada, password: 'wrong' })).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    }
  });

  it('PW-8: matches nothing when its key is lost, which is logged once', async () => {
    await (await start({ BIENVENUE_PASSWORD_PEPPER: `k1:${K1}` })).register(ada);

    const app = await start({ BIENVENUE_PASSWORD_PEPPER: `k2:${K2}` });
    await app.register(bob);
    expect(await login(app, bob)).toMatchObject({ data: { login: {} } });
    expect(app.lines.filter(line => line.includes('pepper'))).toEqual([]);
    expect(await login(app, ada)).toMatchObject({ status: 200, code: 'INVALID_CREDENTIALS' });

    const [line, ...more] = app.lines.filter(text => text.includes('pepper'));
    expect(JSON.parse(line ?? '{}').level).toBe('warn');
    expect(more).toEqual([]);
    expect(line).not.toMatch(/ada@|k1|k2|second key/);
  });

  it('PW-8: matches nothing under a different key of the same name', async () => {
    await (await start({ BIENVENUE_PASSWORD_PEPPER: `k1:${K1}` })).register(ada);

    const app = await start({ BIENVENUE_PASSWORD_PEPPER: `k1:${K2}` });

    expect(await login(app, ada)).toMatchObject({ status: 200, code: 'INVALID_CREDENTIALS' });
  });

  it('PW-8: can be reset when its key is lost', async () => {
    await (await start({ BIENVENUE_PASSWORD_PEPPER: `k1:${K1}` })).register(ada);

    const app = await start({ BIENVENUE_PASSWORD_PEPPER: `k2:${K2}` });
    await app.browser().send(RESET_PASSWORD, { token: await app.resetToken(ada.email), newPassword: bob.password });

    expect(await login(app, { ...ada, password: bob.password })).toMatchObject({ data: { login: {} } });
  });

  it('PW-8: a start without the pepper that stored hashes need is refused, and a new key is accepted', async () => {
    await (await start({ BIENVENUE_PASSWORD_PEPPER: `k1:${K1}` })).register(ada);

    await expect(start()).rejects.toThrow(/^BIENVENUE_PASSWORD_PEPPER: missing, .* key k1; set it/);

    const app = await start({ BIENVENUE_PASSWORD_PEPPER: `k2:${K2}` });
    expect(await login(app, ada)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it.each([
    ['too short', 'k1:short'],
    ['without an id', K1],
    ['two of one id', `k1:${K1},k1:${K2}`],
    ['one by the name that stands for no pepper', `none:${K1}`],
  ])('PW-8: the start is refused with keys that are %s, and does not print them', (_, pepper) => {
    const refused = () => optionsFromEnvironment({ BIENVENUE_PASSWORD_PEPPER: pepper });

    expect(refused).toThrow(/^BIENVENUE_PASSWORD_PEPPER: /);
    expect(refused).not.toThrow(/short|key of which/);
  });

  it.each([
    ['raised', 4, 5],
    ['lowered', 5, 4],
  ])('PW-9: a cost that was %s is that of the hash after the next login', async (_, before, after) => {
    await (await start({}, before)).register(ada);

    const app = await start({}, after);
    await login(app, { ...ada, password: 'wrong' });
    expect(await stored(ada)).toContain(`$2b$0${before}$`);
    await login(app, ada);

    const renewed = await stored(ada);
    expect(renewed).toContain(`$2b$0${after}$`);
    expect(await login(app, ada)).toMatchObject({ data: { login: {} } });
    expect(await stored(ada)).toBe(renewed);
  });

  it('PW-9: is not renewed over a concurrent reset, and the old password leaves no session', async () => {
    await (await start()).register(ada);
    const hasher = new HeldHasher(5, 50);
    const app = await service.start({ env: NO_LIMITS, ports: { hasher } });
    const token = await app.resetToken(ada.email);
    const browsers = Array.from({ length: 50 }, () => app.browser());

    const logins = browsers.map(browser => browser.send(LOGIN, { email: ada.email, password: ada.password }));
    await hasher.allHeld;
    await app.browser().send(RESET_PASSWORD, { token, newPassword: bob.password });
    hasher.release();
    await Promise.all(logins);

    expect(await login(app, ada)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await login(app, { ...ada, password: bob.password })).toMatchObject({ data: { login: {} } });
    expect(await stored(ada)).toContain('$2b$05$');
    const profiles = await Promise.all(browsers.map(browser => browser.send(PROFILE)));
    expect(new Set(profiles.map(({ data }) => data.profile))).toEqual(new Set([null]));
  });
});

/** The values that an insecure service would store. */
function quickForms(password: string): string[] {
  const digests = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'].flatMap(algorithm => [
    createHash(algorithm).update(password),
    createHmac(algorithm, 'bienvenue password, no pepper').update(password),
  ]);
  const encoded = digests.map(digest => digest.digest()).concat(Buffer.from(password));
  return [password, ...encoded.flatMap(bytes => [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')])];
}
